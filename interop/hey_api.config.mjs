// Imports with their endings, as Node reads them.
export default {
  input: "openapi.json",
  output: { path: "hey_api", importFileExtension: ".js" },
};
