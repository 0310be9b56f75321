import { fileURLToPath } from 'node:url';
import { type BuildEnvironmentOptions, build } from 'vite';

/**
 * Bundles a module of this repository for browsers, from the sources.
 *
 * @param options - Beside what every bundle here has.
 * @throws Error when it does not become one file.
 */
export async function bundle(input: string, options: BuildEnvironmentOptions): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../..', import.meta.url)),
    resolve: { conditions: ['@parley/source', 'browser', 'module'] },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      ...options,
      rollupOptions: { ...options.rollupOptions, input },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((output) => ('output' in output ? output.output : []));
  const code = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk.code] : []));
  if (code.length !== 1) throw new Error(`the bundle has ${code.length} files, not one`);
  return code[0]!;
}
