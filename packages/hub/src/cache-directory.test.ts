import { expect, test } from "vitest";
import { cacheDirectory } from "./cache-directory.ts";

const home = "/home/ada";

test.each([
  ["Linux", "linux", {}, "/home/ada/.cache/palaver"],
  ["Linux with XDG_CACHE_HOME", "linux", { XDG_CACHE_HOME: "/big/cache" }, "/big/cache/palaver"],
  [
    "Linux with a relative XDG_CACHE_HOME, which is ignored",
    "linux",
    { XDG_CACHE_HOME: "big" },
    "/home/ada/.cache/palaver",
  ],
  ["macOS", "darwin", { XDG_CACHE_HOME: "/big/cache" }, "/home/ada/Library/Caches/palaver"],
  ["PALAVER_CACHE", "linux", { PALAVER_CACHE: "/models", XDG_CACHE_HOME: "/big/cache" }, "/models"],
  ["an empty PALAVER_CACHE, which is none", "linux", { PALAVER_CACHE: "" }, "/home/ada/.cache/palaver"],
] as const)("%s", (_, platform, environment, expected) => {
  expect(cacheDirectory({ platform, environment, home })).toBe(expected);
});

test.each([
  [{ LOCALAPPDATA: "D:\\data" }, "D:\\data\\palaver"],
  [{}, "C:\\Users\\ada\\AppData\\Local\\palaver"],
])("Windows with %j", (environment, expected) => {
  expect(cacheDirectory({ platform: "win32", environment, home: "C:\\Users\\ada" })).toBe(expected);
});
