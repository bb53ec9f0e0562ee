import { palaverBuild } from "@palaver/build/tsup";

export default palaverBuild(["src/main.ts"]);
