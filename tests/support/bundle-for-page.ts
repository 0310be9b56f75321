import { bundle } from './bundle.ts';

const scripts = new Map<string, Promise<string>>();

/** Makes one script of a module and what it imports, to be put into a page. Made once for each module. */
export function bundleForPage(path: string): Promise<string> {
  const known = scripts.get(path) ?? bundle(path, { minify: false, rollupOptions: { output: { format: 'iife' } } });
  scripts.set(path, known);
  return known;
}
