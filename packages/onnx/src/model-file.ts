import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { PalaverError } from "@palaver/core";

/** The absolute path of a graph's file. @throws ERR_NOT_FOUND, ERR_IO, ERR_INVALID_ARGUMENT for a folder */
export async function modelFile(path: string): Promise<string> {
  const absolute = resolve(path);
  const file = await stat(absolute).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "ERR_NOT_FOUND" : "ERR_IO";
    throw new PalaverError(code, `there is no graph to read at ${absolute}: ${cause.message}`, { cause });
  });
  if (file.isFile()) return absolute;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${absolute} is not a file: give the path of the .onnx file`);
}
