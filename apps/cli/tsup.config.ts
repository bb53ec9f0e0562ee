import { palaverBuild } from "@palaver/build/tsup";

export default palaverBuild(["src/index.ts", "src/main.ts"]);
