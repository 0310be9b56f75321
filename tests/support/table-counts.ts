import { Database, silentLogger } from '@parley/server/internal';

/** The number of rows of every table of a database. */
export async function tableCounts(url: string): Promise<Record<string, number>> {
  const db = await Database.open({ url, writers: 2, readers: 1, log: silentLogger });
  try {
    const tables = await db.read<{ name: string }>(
      { name: 'tables', text: `select tablename::text as name from pg_tables where schemaname = 'public'` },
      [],
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const rows = await db.read<{ n: number }>(
        { name: `count-${name}`, text: `select count(*)::int4 as n from ${name}` },
        [],
      );
      counts[name] = rows[0]!.n;
    }
    return counts;
  } finally {
    await db.close();
  }
}
