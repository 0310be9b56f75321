import { type BanKind, purgeBans } from '../storage/ban-store.ts';
import type { Database } from '../storage/database.ts';
import { BanRegister } from './ban-register.ts';

type Registers = Readonly<Record<BanKind, BanRegister>>;

/** Every kind of ban. */
export class Bans {
  /** Who may not speak in a room. */
  readonly room: BanRegister;
  /** Who may not speak in a group. */
  readonly group: BanRegister;
  /** Who may not speak anywhere. */
  readonly project: BanRegister;
  /** Who may not log in. */
  readonly login: BanRegister;
  readonly #db: Database;
  readonly #now: () => number;

  private constructor(db: Database, now: () => number, registers: Registers) {
    this.#db = db;
    this.#now = now;
    this.room = registers.room;
    this.group = registers.group;
    this.project = registers.project;
    this.login = registers.login;
  }

  static async open(db: Database, now: () => number): Promise<Bans> {
    return new Bans(db, now, {
      room: await BanRegister.open(db, 'room', now),
      group: await BanRegister.open(db, 'group', now),
      project: await BanRegister.open(db, 'project', now),
      login: await BanRegister.open(db, 'login', now),
    });
  }

  /** Forgets bans that are over. They have no effect any more; this frees their memory and rows. */
  async purge(): Promise<void> {
    await purgeBans(this.#db, this.#now());
    for (const register of [this.room, this.group, this.project, this.login]) register.forgetEnded();
  }
}
