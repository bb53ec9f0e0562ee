/** True for names and addresses that always mean this machine: `localhost` and its subdomains, 127.0.0.0/8, ::1. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  if (name === "::1" || name === "[::1]") return true;
  return /^127(\.(25[0-5]|2[0-4]\d|1\d\d|\d{1,2})){3}$/.test(name);
}
