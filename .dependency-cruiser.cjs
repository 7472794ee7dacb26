/**
 * Imports go one way (docs/architecture.md, "The rooms"). Every rule here is broken once by a test, so that a rule that
 * reads nothing cannot pass in silence.
 */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(electron|renderer|shared|e2e|bench|scripts)/', pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A circle hides who depends on whom.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('shared-alone', '^shared/', ['^shared/'], 'shared knows nobody'),
    {
      name: 'shared-zod-only',
      severity: 'error',
      comment: 'shared imports zod only, and in contract/ @orpc/contract',
      from: { path: '^shared/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'core'],
        pathNot: ['node_modules/zod/', 'node_modules/@orpc/contract/'],
      },
    },
    {
      name: 'orpc-in-contract-only',
      severity: 'error',
      from: { path: '^shared/domain/' },
      to: { path: 'node_modules/@orpc/' },
    },
    only('core-imports-shared', '^electron/core/', ['^electron/core/', '^shared/'], 'core knows no shell'),
    {
      name: 'core-knows-no-electron',
      severity: 'error',
      from: { path: '^electron/(core|helper|web|cli)/' },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    only(
      'main-imports',
      '^electron/main/',
      ['^electron/main/', '^electron/core/', '^shared/'],
      'main, web and cli never import each other',
    ),
    only('web-imports', '^electron/web/', ['^electron/web/', '^electron/core/', '^shared/']),
    only('cli-imports', '^electron/cli/', ['^electron/cli/', '^electron/core/', '^shared/']),
    only('preload-imports', '^electron/preload/', ['^electron/preload/', '^shared/']),
    only('renderer-imports', '^renderer/', ['^renderer/', '^shared/']),
    only('helper-imports', '^electron/helper/', ['^electron/helper/', '^shared/']),
    {
      name: 'helper-node-only',
      severity: 'error',
      from: { path: '^electron/helper/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional'], pathNot: 'node_modules/zod/' },
    },
    {
      name: 'feature-never-imports-feature',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'store-owns-sqlite',
      severity: 'error',
      comment: 'core/store is the only importer of better-sqlite3',
      from: { path: '^(electron|renderer|shared)/', pathNot: '^electron/core/store/' },
      to: { path: 'better-sqlite3' },
    },
    {
      name: 'hosts-own-processes',
      severity: 'error',
      comment:
        'core/hosts is the only place in core that starts processes or opens connections to nodes; core/api owns the local socket',
      from: { path: '^electron/core/', pathNot: ['^electron/core/(hosts|api)/', '\\.test\\.ts$'] },
      to: { path: '^(node:)?(child_process|net|tls|dgram|http|https|http2)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
