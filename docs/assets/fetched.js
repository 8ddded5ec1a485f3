// A file of the site, or in words why it did not come.

/** Fetch a file and read the answer. An error says what went wrong; only a stop by the signal of the settings is handed on as it is. */
export async function fetched(address, read, settings) {
  const name = new URL(address, location).pathname.split("/").findLast(Boolean);
  const explained = (words) => (error) => {
    throw error.name === "AbortError" ? error : new Error(words);
  };
  const answer = await fetch(address, settings).catch(explained(`no answer came for ${name}`));
  if (!answer.ok) throw new Error(`the server answered ${answer.status} for ${name}`);
  return read(answer).catch(explained(`${name} is damaged`));
}
