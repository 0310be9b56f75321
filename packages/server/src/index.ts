export { ConfigError, type LoadConfigOptions, loadConfig } from './config/load-config.ts';
export { type ServerConfig, type ServerConfigInput, serverConfigSchema } from './config/server-config.ts';
export type { Project, ProjectSettings, ProjectSettingsInput } from './projects/project-settings.ts';
export { type Address, type RunningServer, startServer } from './server.ts';
export { createLogger, type Logger, silentLogger } from './telemetry/logger.ts';
