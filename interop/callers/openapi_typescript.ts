// The types that openapi-typescript makes, with openapi-fetch.
import createClient from "openapi-fetch";
import type { paths } from "./openapi_typescript/schema.js";

const client = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: process.env.INTEROP_URL!,
  headers: { Authorization: `Bearer ${process.env.INTEROP_KEY}` },
});

const gaps = await client.GET("/api/v1/plans/{plan}/gaps", {
  params: { path: { plan: "china-software-2025" } },
});
const row = gaps.data!.items[0]!;
const attained: number = row.attainment_percent!;
if (!(attained > 0)) throw new Error("no attainment");

const told = await client.POST("/api/v1/plans/{plan}/reports", {
  params: { path: { plan: "shenzhen-software-2025" } },
  body: {
    area: "yantian",
    period: "2024-Q3",
    figures: [{ indicator: "value_added", value: 12.5, unit: "亿元", basis: "ytd" }],
  },
});
if (!told.data?.applied || told.data.summary.created !== 1) throw new Error("not saved");

const refused = await client.GET("/api/v1/plans/{plan}", { params: { path: { plan: "atlantis" } } });
if (refused.error?.code !== "unknown_plan") throw new Error("not refused");
console.log(row.indicator_name_en, row.rating, told.data.report?.id, refused.error.title);
