#!/usr/bin/env node
import { ConfigError, loadConfig } from './config/load-config.ts';
import { type RunningServer, startServer } from './server.ts';
import { createLogger } from './telemetry/logger.ts';

/** What a person needs to make the first call; secrets of the projects included, so it goes to the terminal only. */
function greeting(server: RunningServer): string {
  const {
    serverGate,
    clientGate,
    clientGateTls,
    fileGate,
    fileProxy,
    fileProxyTls,
    downloads,
    rtcGate,
    rtcGatePlain,
    mediaGate,
    admin,
  } = server.addresses;
  const lines = [
    'Parley is up.',
    `  server gate   ${serverGate.host}:${serverGate.port}   (FPNN over TCP and WebSocket, HTTP at /service/METHOD)`,
    `  client gate   ${clientGate.host}:${clientGate.port}   (FPNN over TCP and WebSocket; TLS on ${clientGateTls.port})`,
    `  file gate     ${fileGate.host}:${fileGate.port}   (for browsers ${fileProxy.port}, TLS on ${fileProxyTls.port})`,
    `  downloads     http://${downloads.host}:${downloads.port}/files/`,
    `  web RTC       ${rtcGate.host}:${rtcGate.port}   (offers of browsers, over TLS; plain on ${rtcGatePlain.port})`,
    `  media gate    ${mediaGate.host}:${mediaGate.port}   (frames of native clients)`,
    `  health        http://${admin.host}:${admin.port}/health/ready`,
    `  metrics       http://${admin.host}:${admin.port}/metrics`,
    `  public key    ${server.publicKeyFile}`,
    ...server.projects.map(({ pid, secret }) => `  project       pid ${pid}   secret ${secret}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function main(): Promise<void> {
  const config = loadConfig({ argv: process.argv.slice(2), env: process.env });
  const log = createLogger({ level: config.logLevel });
  const starting = startServer(config, { log });
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info('stopping', { signal });
    starting
      .then((server) => server.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error('the stop failed', { cause: String(error) });
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const server = await starting;
  log.info('started', { ...server.addresses });
  process.stdout.write(greeting(server));
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
