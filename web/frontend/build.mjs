// SPDX-License-Identifier: EUPL-1.2
// Bundles style and script of all pages into web/static/build: app.css, app.js and the fonts, and beside them map.css
// and map.js for pages with a map. Called by make.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const target = "../static/build";

await rm(target, { recursive: true, force: true });
await build({
  entryPoints: ["src/app.css", "src/app.js", "src/map.css", "src/map.js"],
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome111", "firefox113", "safari16.2"], // the first browsers with the design system's colour-mix
  loader: { ".woff2": "file", ".png": "dataurl" },
  assetNames: "fonts/[name]", // stable names, so that a page can ask for a font ahead
  legalComments: "none", // NOTICE names every package and its licence
  logLevel: "warning",
});
