import { conformance } from './conformance.ts';
import { direct, http, localSocket, messagePort } from './transports.ts';

for (const transport of [messagePort, http, localSocket, direct]) conformance(transport);
