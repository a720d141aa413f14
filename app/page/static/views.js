// The views by their names in the address. Each has load(page), what it shows, and draw(page, it).

import * as areas from "./views/areas.js";
import * as completeness from "./views/completeness.js";
import * as document from "./views/document.js";
import * as ledger from "./views/ledger.js";
import * as plan from "./views/plan.js";
import * as report from "./views/report.js";
import * as review from "./views/review.js";
import * as target from "./views/target.js";

export const VIEWS = { plan, target, areas, completeness, report, review, document, ledger };
