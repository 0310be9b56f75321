import { ENVIRONMENT } from './load-config.ts';

/** Environment variables by which every port of a server is a free one, so that it stands beside any other. */
export const FREE_PORTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ENVIRONMENT)
    .filter(([, { path }]) => /port(base)?$/i.test(path.at(-1)!))
    .map(([name]) => [name, '0']),
);
