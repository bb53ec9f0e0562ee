/** An object without its undefined fields, for types whose fields are present or absent. */
export function knownFields<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  // Dropping the undefined ones leaves only values of T[K].
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
