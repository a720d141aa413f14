// The client that @hey-api/openapi-ts makes.
import { client } from "./hey_api/client.gen.js";
import { getPlan, listGaps, submitReport } from "./hey_api/sdk.gen.js";

client.setConfig({ baseUrl: process.env.INTEROP_URL!, auth: process.env.INTEROP_KEY! });

const gaps = await listGaps({ path: { plan: "china-software-2025" } });
const row = gaps.data!.items[0]!;
const attained: number = row.attainment_percent!;
if (!(attained > 0)) throw new Error("no attainment");

const told = await submitReport({
  path: { plan: "shenzhen-software-2025" },
  body: {
    area: "longhua",
    period: "2024-Q3",
    figures: [{ indicator: "value_added", value: 66.5, unit: "亿元", basis: "ytd" }],
  },
});
if (!told.data?.applied || told.data.summary.created !== 1) throw new Error("not saved");

const refused = await getPlan({ path: { plan: "atlantis" } });
if (refused.error?.code !== "unknown_plan") throw new Error("not refused");
console.log(row.indicator_name_en, row.rating, told.data.report?.id, refused.error.title);
