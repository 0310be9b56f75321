import { describe, expect, it } from 'vitest';
import { fuzzWire } from '../test/fuzz.ts';

describe('reader, decoders and peer', () => {
  it('meet mutated packets with a WireError, a ProtocolViolation or a value, in bounded memory', async () => {
    const before = process.memoryUsage();
    const report = await fuzzWire(20_260_101, 25_000);
    const after = process.memoryUsage();
    expect(report.decoded).toBeGreaterThan(5000);
    expect(report.wireErrors).toBeGreaterThan(2000);
    for (const reason of ['bad-magic', 'bad-flag', 'bad-mtype', 'oversize', 'bad-payload', 'root-not-map', 'bad-key']) {
      expect(report.violations).toHaveProperty(reason);
    }
    expect(after.rss - before.rss).toBeLessThan(256 * 2 ** 20);
  });
});
