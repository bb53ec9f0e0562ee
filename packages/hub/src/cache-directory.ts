import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { env, platform } from "node:process";

/** What decides where the cache is; each defaults to this process's own. */
export interface CacheDirectoryOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
}

/**
 * Palaver's cache folder: `$PALAVER_CACHE`, else the platform's cache folder with `palaver` below it, which is
 * `%LOCALAPPDATA%` on Windows, `~/Library/Caches` on macOS and `$XDG_CACHE_HOME` or `~/.cache` elsewhere
 * (https://specifications.freedesktop.org/basedir-spec/latest/: a relative path there is ignored).
 */
export function cacheDirectory(options: CacheDirectoryOptions = {}): string {
  const { environment = env, platform: system = platform, home = homedir() } = options;
  const path = system === "win32" ? win32 : posix;
  const absolute = (name: string): string | undefined => {
    const value = environment[name];
    return value !== undefined && path.isAbsolute(value) ? value : undefined;
  };
  const own = environment.PALAVER_CACHE;
  if (own) return path.resolve(own);
  if (system === "win32") return path.join(absolute("LOCALAPPDATA") ?? path.join(home, "AppData", "Local"), "palaver");
  if (system === "darwin") return path.join(home, "Library", "Caches", "palaver");
  return path.join(absolute("XDG_CACHE_HOME") ?? path.join(home, ".cache"), "palaver");
}
