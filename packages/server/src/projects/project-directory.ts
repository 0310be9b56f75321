import { randomBytes, randomInt } from 'node:crypto';
import type { Database } from '../storage/database.ts';
import { insertProject, loadProjects, saveProject } from '../storage/project-store.ts';
import { type Project, type ProjectSettingsInput, projectSettingsSchema } from './project-settings.ts';

export type WantedProject = { pid: number; secret: string; settings?: ProjectSettingsInput | undefined };

/** All projects of this server, held in memory; the database keeps them. */
export class ProjectDirectory {
  readonly #db: Database;
  readonly #projects = new Map<number, Project>();

  private constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Loads the projects, makes sure that the wanted ones exist as described, and creates one with a random secret when
   * there is none at all.
   */
  static async open(db: Database, wanted: readonly WantedProject[]): Promise<ProjectDirectory> {
    const directory = new ProjectDirectory(db);
    await directory.reload();
    for (const project of wanted) await directory.#ensure(project);
    if (directory.#projects.size === 0) {
      await insertProject(db, {
        pid: randomInt(10_000_000, 100_000_000),
        secret: randomBytes(24).toString('base64url'),
      });
      await directory.reload();
    }
    return directory;
  }

  /** The project, or undefined when the id is unknown. */
  find(pid: number): Project | undefined {
    return this.#projects.get(pid);
  }

  /** Every project, in order of id. */
  list(): Project[] {
    return [...this.#projects.values()].sort((a, b) => a.pid - b.pid);
  }

  /** Reads all projects anew, for example after another process changed one. */
  async reload(): Promise<void> {
    const stored = await loadProjects(this.#db);
    this.#projects.clear();
    for (const { pid, secret, settings } of stored) {
      this.#projects.set(pid, { pid, secret, settings: projectSettingsSchema.parse(settings) });
    }
  }

  async #ensure(wanted: WantedProject): Promise<void> {
    const known = this.#projects.get(wanted.pid);
    const settings = wanted.settings;
    if (known?.secret === wanted.secret && settings === undefined) return;
    await saveProject(this.#db, { pid: wanted.pid, secret: wanted.secret, settings });
    await this.reload();
  }
}
