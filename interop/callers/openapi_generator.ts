// The client that openapi-generator makes for TypeScript (typescript-fetch).
import { Basis, Configuration, GapsApi, PlansApi, ReportsApi, ResponseError } from "./openapi_generator/index.js";

const settings = new Configuration({
  basePath: process.env.INTEROP_URL!,
  accessToken: process.env.INTEROP_KEY!,
});

const gaps = await new GapsApi(settings).listGaps({ plan: "china-software-2025" });
const row = gaps.items[0]!;
const attained: number = row.attainmentPercent!;
if (!(attained > 0)) throw new Error("no attainment");

const told = await new ReportsApi(settings).submitReport({
  plan: "shenzhen-software-2025",
  reportInput: {
    area: "luohu",
    period: "2024-Q3",
    figures: [{ indicator: "value_added", value: 101.5, unit: "亿元", basis: Basis.Ytd }],
  },
});
if (!told.applied || told.summary.created !== 1) throw new Error("not saved");

const refused: unknown = await new PlansApi(settings).getPlan({ plan: "atlantis" }).catch((error: unknown) => error);
if (!(refused instanceof ResponseError)) throw new Error("not refused");
const problem = (await refused.response.json()) as { code: string; title: string };
if (problem.code !== "unknown_plan") throw new Error(problem.code);
console.log(row.indicatorNameEn, row.rating, told.report?.id, problem.title);
