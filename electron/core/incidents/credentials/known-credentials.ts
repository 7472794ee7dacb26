import type { CredentialKind } from '#shared/domain/incident/credentials.ts';

/** What to do about a credential of some kind, in our own words. */
export interface Revocation {
  revoke: string;
  /** Null: on the operator's own machines. */
  revokeAt: string | null;
}

/** A file in a home in which a credential usually lies. */
export interface CredentialFile extends Revocation {
  /** Path below the home; `*` stands for something within one name. */
  path: string;
  kind: CredentialKind;
  title: string;
}

const own = (revoke: string): Revocation => ({ revoke, revokeAt: null });
const at = (revokeAt: string, revoke: string): Revocation => ({ revoke, revokeAt });

const SSH = own(
  'Take the public half of this key out of authorized_keys on every machine that it opens, and out of your accounts for code. Then make a new one elsewhere.',
);
const GIT = at(
  'https://github.com/settings/tokens',
  'Delete the token where your code is kept (GitHub, GitLab, your own server), and look there for what was pushed with it.',
);

/** Where credentials lie in a home, what costs most first. Only names are ever asked for. */
export const CREDENTIAL_FILES: readonly CredentialFile[] = [
  {
    path: '.aws/credentials',
    kind: 'cloud-account',
    title: 'Keys of Amazon Web Services',
    ...at(
      'https://console.aws.amazon.com/iam/home#/security_credentials',
      'Deactivate the access key, then delete it; look at what was done with it in CloudTrail.',
    ),
  },
  {
    path: '.aws/sso/cache/*',
    kind: 'cloud-account',
    title: 'Session of Amazon Web Services',
    ...at(
      'https://console.aws.amazon.com/singlesignon',
      'End the sessions of this user in IAM Identity Center.',
    ),
  },
  {
    path: '.config/gcloud/application_default_credentials.json',
    kind: 'cloud-account',
    title: 'Login of Google Cloud',
    ...at(
      'https://myaccount.google.com/connections',
      'Withdraw the access of the Google Cloud SDK, and delete keys of service accounts that were used.',
    ),
  },
  {
    path: '.config/gcloud/credentials.db',
    kind: 'cloud-account',
    title: 'Logins of Google Cloud',
    ...at(
      'https://myaccount.google.com/connections',
      'Withdraw the access of the Google Cloud SDK for every account in it.',
    ),
  },
  {
    path: '.config/gcloud/legacy_credentials/*/adc.json',
    kind: 'cloud-account',
    title: 'Login of Google Cloud',
    ...at(
      'https://console.cloud.google.com/iam-admin/serviceaccounts',
      'Delete the key of this service account and make a new one.',
    ),
  },
  {
    path: '.azure/msal_token_cache.json',
    kind: 'cloud-account',
    title: 'Login of Microsoft Azure',
    ...at('https://myaccount.microsoft.com/', 'Sign out everywhere, and end the sessions of this account.'),
  },
  {
    path: '.azure/accessTokens.json',
    kind: 'cloud-account',
    title: 'Login of Microsoft Azure',
    ...at('https://myaccount.microsoft.com/', 'Sign out everywhere, and end the sessions of this account.'),
  },
  {
    path: '.oci/*',
    kind: 'cloud-account',
    title: 'Key of Oracle Cloud',
    ...at('https://cloud.oracle.com/', 'Delete this API key of your user.'),
  },
  {
    path: '.config/doctl/config.yaml',
    kind: 'cloud-account',
    title: 'Token of DigitalOcean',
    ...at('https://cloud.digitalocean.com/account/api/tokens', 'Delete the token.'),
  },
  {
    path: '.config/hcloud/cli.toml',
    kind: 'cloud-account',
    title: 'Token of Hetzner Cloud',
    ...at('https://console.hetzner.cloud/', 'Delete the token of this project under Security.'),
  },
  {
    path: '.terraform.d/credentials.tfrc.json',
    kind: 'cloud-account',
    title: 'Token of Terraform',
    ...at('https://app.terraform.io/app/settings/tokens', 'Delete the token.'),
  },
  {
    path: '.vault-token',
    kind: 'cloud-account',
    title: 'Token of Vault',
    ...own('Revoke the token on your Vault server.'),
  },
  {
    path: '.kube/config',
    kind: 'cluster',
    title: 'Access to a Kubernetes cluster',
    ...own('Remove this user or its certificate from the cluster, and make a new one.'),
  },
  { path: '.ssh/id_*', kind: 'ssh-key', title: 'Private SSH key', ...SSH },
  { path: '.ssh/*.pem', kind: 'ssh-key', title: 'Private SSH key', ...SSH },
  {
    path: '.gnupg/private-keys-v1.d/*',
    kind: 'ssh-key',
    title: 'Private key of GnuPG',
    ...own('Publish the revocation certificate of this key, and make a new one elsewhere.'),
  },
  { path: '.git-credentials', kind: 'git', title: 'Stored logins of git', ...GIT },
  { path: '.config/git/credentials', kind: 'git', title: 'Stored logins of git', ...GIT },
  {
    path: '.config/gh/hosts.yml',
    kind: 'git',
    title: 'Login of GitHub',
    ...at(
      'https://github.com/settings/applications',
      'Revoke GitHub CLI there, and look at your security log.',
    ),
  },
  {
    path: '.config/glab-cli/config.yml',
    kind: 'git',
    title: 'Login of GitLab',
    ...at('https://gitlab.com/-/user_settings/personal_access_tokens', 'Revoke the token.'),
  },
  {
    path: '.npmrc',
    kind: 'package-registry',
    title: 'Token of npm',
    ...at(
      'https://www.npmjs.com/settings/~/tokens',
      'Delete the token, and look whether a version was published that you did not publish.',
    ),
  },
  {
    path: '.pypirc',
    kind: 'package-registry',
    title: 'Token of PyPI',
    ...at(
      'https://pypi.org/manage/account/token/',
      'Delete the token, and look whether a release was made that you did not make.',
    ),
  },
  {
    path: '.config/pip/pip.conf',
    kind: 'package-registry',
    title: 'Login of a package index',
    ...own('If an address in it has a password, change that on the server of the index.'),
  },
  {
    path: '.cargo/credentials.toml',
    kind: 'package-registry',
    title: 'Token of crates.io',
    ...at('https://crates.io/settings/tokens', 'Revoke the token.'),
  },
  {
    path: '.cargo/credentials',
    kind: 'package-registry',
    title: 'Token of crates.io',
    ...at('https://crates.io/settings/tokens', 'Revoke the token.'),
  },
  {
    path: '.gem/credentials',
    kind: 'package-registry',
    title: 'Key of RubyGems',
    ...at('https://rubygems.org/profile/api_keys', 'Delete the key.'),
  },
  {
    path: '.docker/config.json',
    kind: 'container-registry',
    title: 'Login of a container registry',
    ...at(
      'https://app.docker.com/settings/personal-access-tokens',
      'Delete the token there, or change the password at the registry that is named in it.',
    ),
  },
  {
    path: '.config/containers/auth.json',
    kind: 'container-registry',
    title: 'Login of a container registry',
    ...own('Change the password or delete the token at the registry that is named in it.'),
  },
  {
    path: '.netrc',
    kind: 'password-file',
    title: 'Passwords for machines',
    ...own('Change the password of every account in it, on the machine that it is for.'),
  },
  {
    path: '.pgpass',
    kind: 'password-file',
    title: 'Passwords of PostgreSQL',
    ...own('Change the password of every role in it.'),
  },
  {
    path: '.my.cnf',
    kind: 'password-file',
    title: 'Password of MySQL',
    ...own('Change the password of this user on the database server.'),
  },
  {
    path: '.config/rclone/rclone.conf',
    kind: 'password-file',
    title: 'Logins of rclone',
    ...own('Withdraw the access of rclone at every storage that is named in it.'),
  },
  {
    path: '.config/mycoswarm/swarm-token',
    kind: 'swarm-token',
    title: 'Secret of the swarm',
    ...own(
      'Rotate it under Secrets: fence this node off first, for other nodes send it to whoever announces itself.',
    ),
  },
  {
    path: '.huggingface/token',
    kind: 'provider-key',
    title: 'Token of Hugging Face',
    ...at('https://huggingface.co/settings/tokens', 'Delete the token.'),
  },
  {
    path: '.cache/huggingface/token',
    kind: 'provider-key',
    title: 'Token of Hugging Face',
    ...at('https://huggingface.co/settings/tokens', 'Delete the token.'),
  },
  {
    path: '.cache/huggingface/stored_tokens',
    kind: 'provider-key',
    title: 'Tokens of Hugging Face',
    ...at('https://huggingface.co/settings/tokens', 'Delete every token in it.'),
  },
  {
    path: '.config/openai/*',
    kind: 'provider-key',
    title: 'Key of OpenAI',
    ...at('https://platform.openai.com/api-keys', 'Delete the key, and look at what was used.'),
  },
  {
    path: '.config/anthropic/*',
    kind: 'provider-key',
    title: 'Key of Anthropic',
    ...at('https://console.anthropic.com/settings/keys', 'Delete the key, and look at what was used.'),
  },
  {
    path: '.ollama/id_ed25519',
    kind: 'provider-key',
    title: 'Key of Ollama',
    ...at('https://ollama.com/settings/keys', 'Remove the key from your account, if you have one.'),
  },
  {
    path: '.env',
    kind: 'environment',
    title: 'File of environment variables',
    ...own('Look into it from a machine that you trust, and change every secret in it.'),
  },
  {
    path: '*/.env',
    kind: 'environment',
    title: 'File of environment variables',
    ...own('Look into it from a machine that you trust, and change every secret in it.'),
  },
  {
    path: '.mozilla/firefox/*/logins.json',
    kind: 'browser',
    title: 'Passwords kept by Firefox',
    ...own('Change these passwords, those of mail and money first, and sign out everywhere.'),
  },
  {
    path: '.mozilla/firefox/*/cookies.sqlite',
    kind: 'browser',
    title: 'Sessions of Firefox',
    ...own('Sign out everywhere, in mail and money first: a copied session needs no password.'),
  },
  {
    path: '.config/google-chrome/*/Login Data',
    kind: 'browser',
    title: 'Passwords kept by Chrome',
    ...own('Change these passwords, those of mail and money first, and sign out everywhere.'),
  },
  {
    path: '.config/chromium/*/Login Data',
    kind: 'browser',
    title: 'Passwords kept by Chromium',
    ...own('Change these passwords, those of mail and money first, and sign out everywhere.'),
  },
  {
    path: '.config/chromium/*/Cookies',
    kind: 'browser',
    title: 'Sessions of Chromium',
    ...own('Sign out everywhere, in mail and money first: a copied session needs no password.'),
  },
  {
    path: '.local/share/keyrings/*',
    kind: 'browser',
    title: 'Key ring of the desktop',
    ...own('It is encrypted by the login password: if that was known or weak, change what lies in it.'),
  },
  {
    path: '.password-store/*',
    kind: 'password-file',
    title: 'Passwords of pass',
    ...own('They are encrypted: if the GnuPG key lay there too, change all of them.'),
  },
];

const PROVIDERS: Readonly<Record<string, string>> = {
  OpenAI: 'https://platform.openai.com/api-keys',
  Anthropic: 'https://console.anthropic.com/settings/keys',
  Azure: 'https://portal.azure.com/',
  Google: 'https://aistudio.google.com/apikey',
  Mistral: 'https://console.mistral.ai/api-keys',
  Groq: 'https://console.groq.com/keys',
  Cohere: 'https://dashboard.cohere.com/api-keys',
  OpenRouter: 'https://openrouter.ai/settings/keys',
  Together: 'https://api.together.ai/settings/api-keys',
  Fireworks: 'https://app.fireworks.ai/settings/users/api-keys',
  DeepSeek: 'https://platform.deepseek.com/api_keys',
  xAI: 'https://console.x.ai/',
  Perplexity: 'https://www.perplexity.ai/settings/api',
  Replicate: 'https://replicate.com/account/api-tokens',
  NVIDIA: 'https://build.nvidia.com/settings/api-keys',
  'Hugging Face': 'https://huggingface.co/settings/tokens',
  AWS: 'https://console.aws.amazon.com/iam/home#/security_credentials',
  Tavily: 'https://app.tavily.com/',
  SerpApi: 'https://serpapi.com/manage-api-key',
  Ollama: 'https://ollama.com/settings/keys',
};

/** @param provider as the check of keys of providers names it @returns what to do about one of its keys */
export function providerRevocation(provider: string): Revocation {
  const page = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  return {
    revoke: `Delete this key in your account at ${provider}, look at what was used, and set a limit of cost on the next one.`,
    revokeAt: page ?? null,
  };
}

/** What a variable with the name of a secret may be, of which nothing else is known. */
export const ENVIRONMENT_REVOCATION: Revocation = own(
  'Find out what it opens, and change it there. The program must be started again with the new one.',
);
