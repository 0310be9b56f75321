import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const CLIENT = new URL('../../packages/client-sdk/src/index.ts', import.meta.url);
const CLIENT_WITH_RTC = new URL('client-with-rtc.ts', import.meta.url);

/** Makes one minified module of the client SDK, as an application's bundler would. */
export async function bundleClient({ withRtc = false } = {}): Promise<string> {
  const path = fileURLToPath(withRtc ? CLIENT_WITH_RTC : CLIENT);
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../..', import.meta.url)),
    resolve: { conditions: ['@parley/source', 'browser', 'module'] },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: path, preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((output) => ('output' in output ? output.output : []));
  const code = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk.code] : []));
  if (code.length !== 1) throw new Error(`the bundle has ${code.length} files, not one`);
  return code[0]!;
}
