/** Folder of packages of the made-up node. */
export const SITE = '/home/mycoswarm/venv/lib/python3.11/site-packages';
