// What this entry has beyond the browser's: connections over TCP, and WebSockets on every version of Node.
export * from '../index.ts';
export { ParleyClient } from './client.ts';
export { type NodeConnectorOptions, nodeConnector } from './node-connector.ts';
