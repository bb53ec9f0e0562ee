export { missingBrowser, withPackageInBrowser } from "./package-in-browser.ts";
