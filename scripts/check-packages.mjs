// Packs what is published, installs it in an empty folder with plain npm, and uses it there: every entry of every package
// is imported and its types are checked, the example of the testkit runs, and the server starts by its command. Finds a file that is missing from a package, a dependency
// that is not named, and a path that leads only here.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'))
  .map((folder) => ({ folder: join(root, 'packages', folder), ...readManifest(join(root, 'packages', folder)) }))
  .filter((manifest) => manifest.private !== true);
/** What an application installs: the packages that no other one brings along. */
const broughtAlong = new Set(packages.flatMap(({ dependencies }) => Object.keys(dependencies ?? {})));
const NAMED = packages.map(({ name }) => name).filter((name) => !broughtAlong.has(name));
/** What can be imported, as `@parley/fpnn` and `@parley/fpnn/node`. */
const entries = packages.flatMap(({ name, exports }) => Object.keys(exports).map((key) => name + key.slice(1)));

const site = mkdtempSync(join(tmpdir(), 'parley-packages-'));
try {
  run('npm', ['run', '--silent', 'build'], root);
  await lint();
  install();
  useTypes();
  for (const entry of entries) run(process.execPath, ['--input-type=module', '--eval', `import '${entry}';`], site);
  copyFileSync(join(root, 'examples/testkit.test.mjs'), join(site, 'example.test.mjs'));
  run(process.execPath, ['--test', 'example.test.mjs'], site);
  await startByCommand();
  console.log(
    `${packages.length} packages work where only they are installed: ${packages.map(({ name }) => name).join(', ')}`,
  );
} finally {
  rmSync(site, { recursive: true, force: true });
}

async function lint() {
  for (const { folder, name } of packages) {
    const { messages, pkg } = await publint({ pkgDir: folder, strict: true });
    if (messages.length > 0)
      throw new Error(`${name}: ${messages.map((message) => formatMessage(message, pkg)).join('; ')}`);
  }
}

/** All others have to come along as dependencies of the packages that an application names. */
function install() {
  for (const { folder } of packages) run('npm', ['pack', '--silent', '--pack-destination', site], folder);
  const tarballs = Object.fromEntries(packages.map(({ name, version }) => [name, `file:${tarballOf(name, version)}`]));
  const isNamed = ([name]) => NAMED.includes(name);
  const named = Object.entries(tarballs).filter(isNamed);
  const overrides = Object.fromEntries(Object.entries(tarballs).filter((entry) => !isNamed(entry)));
  const application = { private: true, type: 'module', dependencies: Object.fromEntries(named), overrides };
  writeFileSync(join(site, 'package.json'), JSON.stringify(application));
  run('npm', ['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund'], site);
}

function tarballOf(name, version) {
  return join(site, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}

/** As an application sees them: without the condition that leads to our sources, and with every declaration checked. */
function useTypes() {
  const promised = entries.filter((entry) => !entry.endsWith('/internal'));
  const program = `
    ${promised.map((entry, index) => `import type * as entry${index} from '${entry}';`).join('\n    ')}
    import { startParley, type ParleyUnderTest } from '@parley/testkit';
    const parley: ParleyUnderTest = await startParley({ settings: { singleRoom: true } });
    const port: number = parley.clientGate.port;
    const token: string = await parley.token(5n);
    const { mid }: { mid: bigint } = await parley.client().sendChat(1, 2, \`\${port} \${token}\`);
    console.log(mid);
    export type All = [${promised.map((_, index) => `typeof entry${index}`).join(', ')}];
  `;
  writeFileSync(join(site, 'application.ts'), program);
  const options = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] };
  const typeRoots = [join(root, 'node_modules/@types')];
  const config = { compilerOptions: { ...options, typeRoots, skipLibCheck: false }, files: ['application.ts'] };
  writeFileSync(join(site, 'tsconfig.json'), JSON.stringify(config));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], site);
}

async function startByCommand() {
  // Only now, since it comes out of the build.
  const { FREE_PORTS } = await import('@parley/server/internal');
  const server = spawn(join(site, 'node_modules/.bin/parley'), ['--data', join(site, 'data')], {
    env: { PATH: process.env.PATH, ...FREE_PORTS },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  server.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.includes('Parley is up.')) server.kill('SIGTERM');
  });
  const [status] = await once(server, 'exit');
  if (status !== 0) throw new Error(`the command parley ended with ${status}: ${output}`);
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** With as little of this environment as the programs need, so that no setting of a developer helps. */
function run(program, args, cwd) {
  const { PATH, HOME } = process.env;
  const npm = Object.entries(process.env).filter(([name]) => /^npm_config_(registry|cache|userconfig)$/i.test(name));
  const { status, stdout } = spawnSync(program, args, {
    cwd,
    env: { PATH, HOME, ...Object.fromEntries(npm) },
    // What a program prints is worth reading when it fails: some tell their faults there.
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${status}\n${stdout}`);
}
