// `npm start`: set-up, then the incident on a scratch folder. `npm start -- --interactive` hands the human's part over.

import { runNode } from "./lib/project.mjs";
import { setUp } from "./setup.mjs";

setUp();
process.exit(runNode("scripts/demo/incident.mjs", process.argv.slice(2)));
