export { starterModels } from "./starter-models.ts";
