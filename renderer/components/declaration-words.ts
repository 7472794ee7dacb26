import type { CheckId } from '#shared/domain/check-id.ts';
import type { DeclarationKind } from '#shared/domain/decision.ts';

/** What can be declared as meant for a check that offers it. */
export const DECLARABLE: Partial<Readonly<Record<CheckId, readonly DeclarationKind[]>>> = {
  'dedicated-user': ['account'],
  'outbound-firewall': ['resolver', 'relay'],
  'peer-allowlist': ['peer'],
  'service-bindings': ['service'],
  'unused-interfaces': ['interface'],
  'cloud-api-keys': ['provider-key'],
  'model-locality': ['remote-model'],
  'plugin-inventory': ['plugin'],
};

/** Each kind as a person says it, and how its value is written. */
export const KIND_WORDS: Readonly<Record<DeclarationKind, { label: string; hint: string }>> = {
  interface: { label: 'This network', hint: 'Name of the interface, for example wg0' },
  resolver: { label: 'This resolver', hint: 'Its address, for example 192.168.1.1' },
  relay: { label: 'This relay', hint: 'Name of the service on the node' },
  'provider-key': { label: 'This key', hint: 'Name and place, for example OPENAI_API_KEY @ ~/.profile' },
  plugin: { label: 'This plugin', hint: 'Name and SHA-256, as name@hash' },
  peer: { label: 'This peer', hint: 'Its address or node id' },
  service: {
    label: 'This service',
    hint: 'Service, port and from where, for example dashboard tcp/8501 lan',
  },
  account: { label: 'This account', hint: 'Its user name' },
  'remote-model': { label: 'This model', hint: 'Its name as Ollama lists it' },
};
