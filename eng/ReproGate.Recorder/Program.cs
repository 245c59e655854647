using System.CommandLine;
using ReproGate.Recorder;

// eng/record.sh runs this on the sample shop, or on an application whose project is given. The same assembly is the startup hook (StartupHook.cs).
var assembly = new Argument<FileInfo>("assembly") { Description = "The application's assembly, with its PDB beside it." };
var directory = new Option<DirectoryInfo?>("--directory") { Description = "Where it runs: the folder of its appsettings.json; else the assembly's." };
var environment = new Option<string>("--environment") { Description = "The .NET environment.", DefaultValueFactory = static _ => "Development" };
var set = new Option<string[]>("--set") { Description = "A variable for the application, NAME=VALUE.", AllowMultipleArgumentsPerToken = true };
var get = new Option<string[]>("--get") { Description = "A path to ask for once it listens.", AllowMultipleArgumentsPerToken = true };
var requests = new Option<FileInfo?>("--requests") { Description = "A file of requests to send once it listens, after those of --get: METHOD PATH [JSON], one a line; # begins a remark." };
var seconds = new Option<int>("--seconds") { Description = "How long it runs after it has started.", DefaultValueFactory = static _ => 3 };
var command = new RootCommand("Logs every key that a running application asks of its configuration, and compares them with what the pass over its code says.") { assembly, directory, environment, set, get, requests, seconds };
command.SetAction(async (result, cancellation) =>
{
    IEnumerable<ScriptedRequest> script = [.. (result.GetValue(get) ?? []).Select(static path => new ScriptedRequest("GET", path, "")), .. result.GetValue(requests) is { } file ? ScriptedRequest.Read(file.FullName) : []];
    var run = new RecordedRun(result.GetValue(assembly)!.FullName, result.GetValue(directory)?.FullName, result.GetValue(environment)!, result.GetValue(set) ?? [], [.. script], TimeSpan.FromSeconds(result.GetValue(seconds)));
    return await run.RecordAsync(cancellation).ConfigureAwait(false) is { } asked ? Comparison.Print(run.Assembly, asked) : 2;
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
