// Judges each DOCX or XLSX named on standard input, one a line, with the Open XML SDK; exit status 1 if one is refused.
import { readFileSync } from "node:fs";
import validate from "@ooxml-tools/validate";

let refused = 0;
for (const file of readFileSync(0, "utf8").split("\n").filter((line) => line)) {
  let findings;
  try {
    findings = await validate(new Uint8Array(readFileSync(file)), file.split(".").pop(), "Microsoft365");
  } catch (error) {
    findings = [{ description: `not readable: ${error.message ?? error}`, path: { partUri: "", xpath: "" } }];
  }
  if (findings.length > 0) refused += 1;
  for (const { description, path } of findings.slice(0, 20)) {
    console.log(`  ${file}: ${path.partUri}${path.xpath}\n    ${description}`);
  }
}
process.exit(refused > 0 ? 1 : 0);
