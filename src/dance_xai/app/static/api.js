/* Requests to the app on this machine; its messages are errors of one line. */
let token = "";
export const setToken = (value) => { token = value; };

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Error("The app does not answer: expected it to run, got no connection; start it again with dance app");
  }
  const tree = await response.json().catch(() => ({ error: `The app answered ${response.status} without a reason` }));
  if (!response.ok) throw new Error(tree.error);
  return tree;
}

export const read = (name, query = {}) => answer(fetch(`/api/${name}?${new URLSearchParams(query)}`));

export const act = (name, body = {}) =>
  answer(fetch(`/api/${name}`, { method: "POST", headers: { "content-type": "application/json", "x-dance-token": token }, body: JSON.stringify(body) }));

export const cancel = (job) => answer(fetch(`/api/jobs/${job}`, { method: "DELETE", headers: { "x-dance-token": token } }));

/* Send a file; told tells the share that is sent. Returns the job and a way to stop. */
export function send(file, told) {
  const request = new XMLHttpRequest();
  const name = file.name.toWellFormed ? file.name.toWellFormed() : file.name;
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      const tree = request.response || { error: `The app answered ${request.status} without a reason` };
      if (request.status < 300) resolve(tree); else reject(new Error(tree.error));
    };
    request.onerror = () => reject(new Error(`${name}: expected the app to take it, got a broken connection; try again`));
    request.onabort = () => resolve({ state: "cancelled" });
  });
  request.open("POST", "/api/uploads");
  request.responseType = "json";
  request.setRequestHeader("x-dance-token", token);
  request.setRequestHeader("x-dance-name", encodeURIComponent(name));
  request.send(file);
  return { done, stop: () => request.abort() };
}

/* Wait for a job; told gets each state of it. */
export async function finished(job, told = () => {}) {
  let now = job;
  while (now.state === "waiting" || now.state === "running") {
    told(now);
    await new Promise((resolve) => setTimeout(resolve, now.seconds < 5 ? 200 : 600));
    now = await read(`jobs/${now.job}`);
  }
  if (now.state === "failed") throw new Error(now.error);
  return now;
}
