// Bundles the islands and the styles into the folder given: hashed names, manifest.json, each file also
// packed as .br and .gz. Called by build.py, which brings the Node.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";

const out = process.argv[2] ?? "dist";
/** The floor of the browsers served: see the design notes. */
const TARGET = ["safari15.4", "chrome109", "firefox115"];
const PACKED = /\.(?:js|css|svg|map)$/;

const islands = (await readdir("islands", { withFileTypes: true })).filter((entry) => entry.isDirectory());
/** Parts of motion.css, which every page loads. */
const PARTS = new Set(["registre.css", "voix.css"]);
const styles = (await readdir("styles")).filter((name) => name.endsWith(".css") && !PARTS.has(name));
const images = (await readdir("styles")).filter((name) => name.endsWith(".svg"));

const result = await build({
  entryPoints: [
    ...islands.map(({ name }) => ({ in: join("islands", name, "index.ts"), out: name })),
    ...styles.map((name) => ({ in: join("styles", name), out: basename(name, ".css") })),
    ...images.map((name) => ({ in: join("styles", name), out: basename(name, ".svg") })),
  ],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: TARGET,
  legalComments: "none",
  charset: "utf8",
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "copy" },
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const path of Object.keys(result.metafile.outputs)) {
  const file = basename(path);
  const plain = file.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, "");
  if (manifest[plain]) throw new Error(`two built files are called ${plain}: ${manifest[plain]} and ${file}`);
  manifest[plain] = file;
}
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)));
await writeFile(join(out, "manifest.json"), `${JSON.stringify(sorted, null, 1)}\n`);

// The fonts' licence asks to travel with them.
await mkdir(join(out, "licences"), { recursive: true });
for (const name of await readdir(join("styles", "polices"))) {
  if (name.endsWith(".txt")) await copyFile(join("styles", "polices", name), join(out, "licences", name));
}

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
for (const file of Object.values(manifest)) {
  if (!PACKED.test(file)) continue;
  const bytes = await readFile(join(out, file));
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(join(out, `${file}.br`), await brotli(bytes, best));
  await writeFile(join(out, `${file}.gz`), await deflate(bytes, { level: 9 }));
}
