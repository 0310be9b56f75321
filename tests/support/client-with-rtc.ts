export * from '@parley/client-sdk';
export * from '@parley/client-sdk/rtc';
