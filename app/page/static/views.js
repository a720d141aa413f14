// The views by their names in the address. Each has load(page), what it shows, and draw(page, it).

import * as plan from "./views/plan.js";

export const VIEWS = {
  plan,
};
