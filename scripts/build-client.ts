import { spawnSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";

// node scripts/build-client.ts [FOLDER]: builds the package `tidings-client`, one ES module and its types, for `npm
// pack`.

const ROOT = path.resolve(import.meta.dirname, "..");

/**
 * Types of `src/schemas` that the client uses. The package declares them as plain types, so that it does not need zod.
 */
const CONTRACT = { Event: "event.ts", Problem: "problem.ts" };

const { positionals } = parseArgs({ allowPositionals: true });
const folder = await emptyFolder(positionals[0]);
await bundle();
await writeTypes();
await writeManifest();
await copyFile(path.join(ROOT, "LICENSE"), path.join(folder, "LICENSE"));
console.log(`Wrote ${path.relative(process.cwd(), folder) || "."}`);

/** Deletes files only in dist/client. A folder that the caller names must be empty. */
async function emptyFolder(named: string | undefined): Promise<string> {
  const target = path.resolve(named ?? path.join(ROOT, "dist", "client"));
  if (named === undefined) await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) throw new Error(`${target} must be empty.`);
  return target;
}

async function bundle(): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: "warn",
    build: {
      outDir: folder,
      minify: false,
      target: "es2022",
      lib: { entry: "src/client/index.ts", formats: ["es"], fileName: () => "index.js" },
      rollupOptions: { external: [/^hono\//] },
    },
  });
}

/** Writes the declarations that index.d.ts needs. They refer only to each other and to hono's client. */
async function writeTypes(): Promise<void> {
  const work = await emitDeclarations();
  const needed = ["index.d.ts"];
  for (const file of needed) {
    const declarations = await readFile(path.join(work, "out/src/client", file), "utf8");
    const rewritten = declarations
      .replace(/"\.\.\/schemas\/[\w-]+\.ts"/g, '"./contract.js"')
      .replace(/"\.\/([\w-]+)\.ts"/g, (_, name: string) => {
        if (!needed.includes(`${name}.d.ts`)) needed.push(`${name}.d.ts`);
        return `"./${name}.js"`;
      });
    await writeDeclarations(file, rewritten);
  }
  const contract = await readFile(path.join(work, "out", path.relative(ROOT, work), "contract.d.ts"), "utf8");
  await writeDeclarations("contract.d.ts", contract.replace(/export declare const (\w+): /g, "export type $1 = "));
  await rm(work, { recursive: true });
}

async function writeDeclarations(file: string, text: string): Promise<void> {
  const code = text.replace(/\/\*\*.*?\*\//gs, ""); // without comments, because their examples import the package
  const foreign = [...code.matchAll(/(?:from |import\()"([^"]+)"/g)].flatMap(([, name = ""]) =>
    /^(?:\.\/[\w-]+\.js|hono\/client)$/.test(name) ? [] : [name],
  );
  if (foreign.length > 0) throw new Error(`${file} refers to ${foreign.join(", ")}, which the package does not have.`);
  await writeFile(path.join(folder, file), text);
}

/** Works in a folder of the repository, so that the repository's packages are found. */
async function emitDeclarations(): Promise<string> {
  const work = path.join(ROOT, "dist", `client-types-${process.pid}`);
  await mkdir(work, { recursive: true });
  // For a spread, TypeScript writes out the type. For the object itself, it would only write the type's name.
  const contract = Object.entries(CONTRACT).map(
    ([name, file]) =>
      `import type { ${name} as Served${name} } from "../../src/schemas/${file}";\n` +
      `export const ${name} = { ...({} as Served${name}) };\n`,
  );
  await writeFile(path.join(work, "contract.ts"), contract.join(""));
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: ROOT, outDir: "out" },
    files: ["contract.ts", "../../src/client/index.ts", "../../src/worker-configuration.d.ts"],
    include: ["../../src/**/*.d.ts"],
  };
  await writeFile(path.join(work, "tsconfig.json"), JSON.stringify(config));
  const { status } = spawnSync("tsc", ["-p", work], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${path.join(ROOT, "node_modules/.bin")}${path.delimiter}${process.env["PATH"]}` },
  });
  if (status !== 0) throw new Error("The declarations of src/client cannot be emitted.");
  return work;
}

async function writeManifest(): Promise<void> {
  const root = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license: string;
    dependencies: { hono: string };
  };
  const manifest = {
    name: root.name,
    version: root.version,
    description: "The TypeScript client of the Tidings event service, for browsers, Workers and Node.",
    license: root.license,
    type: "module",
    sideEffects: false,
    exports: { "./client": { types: "./index.d.ts", default: "./index.js" } },
    dependencies: { hono: root.dependencies.hono },
    engines: { node: ">=20.3" }, // AbortSignal.any
  };
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
