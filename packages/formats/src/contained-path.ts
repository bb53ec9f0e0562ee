/**
 * File names inside untrusted files: a shard in a `weight_map`, a tensor's external data. A platform still has to
 * resolve links below its root; here a name is refused that could leave the folder on any system.
 */

// Windows opens these as devices in every folder, whatever extension follows.
const DEVICE_NAME = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i;

// A backslash separates folders on Windows, a colon starts a drive or a stream, and the others are refused there.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN_CHARACTER = /[\u0000-\u001f\u007f\\:*?"<>|]/;

// Far beyond real names, and what common file systems allow.
const MAX_LENGTH = 1024;

/**
 * True for a relative path with forward slashes that stays inside its folder on Linux, macOS and Windows alike: no
 * empty, `.` or `..` part, no drive, no backslash, no device name, no part that ends in a dot or a space (Windows drops those).
 */
export function isContainedPath(path: string): boolean {
  if (path.length === 0 || path.length > MAX_LENGTH || FORBIDDEN_CHARACTER.test(path)) return false;
  return path.split("/").every((part) => part !== "" && !/[. ]$/.test(part) && !DEVICE_NAME.test(part));
}
