// Opens pages in Chromium and has axe-core judge them, at the width of a desk and of a telephone: node axe.mjs CHROMIUM PAGE…
// Exit status: 0 nothing to say, 1 something is wrong.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [chromium, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
let faults = 0;
const fault = (text) => { faults += 1; console.error(`  ${text}`); };

for (const path of pages) {
  for (const width of [1280, 375]) {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 800 });
    page.on("request", (request) => { if (!/^(file|data):/.test(request.url())) fault(`${path} asks for ${request.url()}`); });
    await page.goto(`file://${path}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) fault(`${path} is ${wide} px wide on a screen of ${width}`);
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), rules);
    for (const { id, help, nodes } of violations) {
      fault(`${path}, ${width} px: ${id}: ${help} (${nodes.length} times, first ${nodes[0].html.slice(0, 120)})`);
    }
    if (passes.length < 20) fault(`${path}: only ${passes.length} rules had something to judge`);
    await page.close();
  }
  // Without script, everything is still there.
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.goto(`file://${path}`);
  if (await page.$("form:not([hidden])")) fault(`${path}: filters are shown to those who have no script`);
  await page.close();
}
await browser.close();
process.exit(faults > 0 ? 1 : 0);
