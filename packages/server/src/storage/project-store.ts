import type { Database } from './database.ts';

export type StoredProject = { pid: number; secret: string; settings: unknown };

const LOAD = { name: 'load-projects', text: 'select pid, secret, settings from projects order by pid' };
const INSERT = {
  name: 'insert-project',
  text: 'insert into projects (pid, secret) select $1, $2 where not exists (select from projects) on conflict do nothing',
};
const SAVE = {
  name: 'save-project',
  text: `insert into projects (pid, secret, settings) values ($1, $2, coalesce($3::jsonb, '{}'))
    on conflict (pid) do update set secret = excluded.secret, settings = coalesce($3::jsonb, projects.settings)`,
};

export function loadProjects(db: Database): Promise<StoredProject[]> {
  return db.read<StoredProject>(LOAD, []);
}

/** Adds the first project; does nothing when another process was quicker. */
export async function insertProject(db: Database, project: { pid: number; secret: string }): Promise<void> {
  await db.write(INSERT, [project.pid, project.secret]);
}

/** Creates or changes a project. Without settings a known project keeps its own. */
export async function saveProject(
  db: Database,
  project: { pid: number; secret: string; settings: object | undefined },
): Promise<void> {
  const settings = project.settings === undefined ? null : JSON.stringify(project.settings);
  await db.write(SAVE, [project.pid, project.secret, settings]);
}
