import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

const CLIENT = new URL('../../packages/client-sdk/src/index.ts', import.meta.url);
const CLIENT_WITH_RTC = new URL('client-with-rtc.ts', import.meta.url);

/** Makes one minified module of the client SDK, as an application's bundler would. */
export function bundleClient({ withRtc = false } = {}): Promise<string> {
  return bundle(fileURLToPath(withRtc ? CLIENT_WITH_RTC : CLIENT), {
    rollupOptions: { preserveEntrySignatures: 'strict', output: { format: 'es' } },
  });
}
