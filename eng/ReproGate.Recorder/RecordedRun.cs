using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ReproGate.Recorder;

/// <summary>One run of an application with the startup hook.</summary>
/// <param name="Assembly">Absolute path of its assembly.</param>
/// <param name="Directory">Where it runs; null for the assembly's folder.</param>
/// <param name="Environment">The .NET environment.</param>
/// <param name="Variables">Its variables, <c>NAME=VALUE</c>.</param>
/// <param name="Requests">What is asked of it once it listens.</param>
/// <param name="Time">How long it runs after it has started.</param>
internal sealed partial record RecordedRun(string Assembly, string? Directory, string Environment, IReadOnlyList<string> Variables, IReadOnlyList<ScriptedRequest> Requests, TimeSpan Time)
{
    /// <summary>Runs it. Null, with the reason on the error output, where it ended by itself with an error.</summary>
    public async Task<AskedKeys?> RecordAsync(CancellationToken cancellation)
    {
        string log = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("dotnet", [Assembly])
            {
                WorkingDirectory = Directory ?? Path.GetDirectoryName(Assembly)!,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(RecordedRun).Assembly.Location;
            start.Environment["REPROGATE_RECORD"] = log;
            // Code is written to, and must not be compiled anew behind that.
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
            start.Environment["DOTNET_TieredCompilation"] = "0";
            start.Environment["DOTNET_ENVIRONMENT"] = Environment;
            start.Environment["ASPNETCORE_ENVIRONMENT"] = Environment;
            start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
            foreach (string variable in Variables)
            {
                string[] parts = variable.Split('=', 2);
                start.Environment[parts[0]] = parts.Length > 1 ? parts[1] : "";
            }

            using var process = Process.Start(start)!;
            Task ended = process.WaitForExitAsync(cancellation);
            var output = new List<string>();
            var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            void Take(object sender, DataReceivedEventArgs line)
            {
                lock (output)
                {
                    output.Add(line.Data ?? "");
                }

                if (Listening().Match(line.Data ?? "") is { Success: true } match)
                {
                    address.TrySetResult(match.Value);
                }
            }

            process.OutputDataReceived += Take;
            process.ErrorDataReceived += Take;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) })
            {
                foreach (ScriptedRequest request in Requests)
                {
                    await Task.WhenAny(address.Task, ended, Task.Delay(TimeSpan.FromSeconds(60), cancellation)).ConfigureAwait(false);
                    if (!address.Task.IsCompleted)
                    {
                        await Console.Error.WriteLineAsync($"{Path.GetFileName(Assembly)} does not listen:\n{string.Join('\n', output.Take(40))}").ConfigureAwait(false);
                        break;
                    }

                    string at = await address.Task.ConfigureAwait(false);
                    Console.WriteLine($"{request.Method} {request.Path}: {await request.SendAsync(client, new Uri(at), cancellation).ConfigureAwait(false)}");
                }
            }

            await Task.WhenAny(ended, Task.Delay(Time, cancellation)).ConfigureAwait(false);
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await ended.ConfigureAwait(false);
                return AskedKeys.Read(log);
            }

            if (process.ExitCode == 0)
            {
                return AskedKeys.Read(log);
            }

            await Console.Error.WriteLineAsync($"{Path.GetFileName(Assembly)} ended with {process.ExitCode}:\n{string.Join('\n', output.Take(40))}").ConfigureAwait(false);
            return null;
        }
        finally
        {
            File.Delete(log);
        }
    }

    [GeneratedRegex(@"(?<=Now listening on: )http://\S+")]
    private static partial Regex Listening();
}

/// <summary>A request of a script.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Body">JSON; empty for none.</param>
internal sealed record ScriptedRequest(string Method, string Path, string Body)
{
    /// <summary>Reads a script: <c>METHOD PATH [JSON]</c>, one a line; <c>#</c> begins a remark.</summary>
    public static IEnumerable<ScriptedRequest> Read(string file) =>
        from line in File.ReadLines(file)
        let parts = line.Trim().Split(' ', 3, StringSplitOptions.RemoveEmptyEntries)
        where parts.Length > 1 && !parts[0].StartsWith('#')
        select new ScriptedRequest(parts[0], parts[1], parts.Length > 2 ? parts[2] : "");

    /// <summary>Sends it and tells the status, or why there is none: what an application asks its configuration before it fails counts too.</summary>
    public async Task<string> SendAsync(HttpClient client, Uri address, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(address, Path));
        if (Body.Length > 0)
        {
            message.Content = new StringContent(Body, System.Text.Encoding.UTF8, "application/json");
        }

        try
        {
            using HttpResponseMessage response = await client.SendAsync(message, cancellation).ConfigureAwait(false);
            return ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return exception.Message;
        }
    }
}

/// <summary>What a run asked of its configuration.</summary>
/// <param name="Values">Keys whose value was asked for.</param>
/// <param name="Sections">Sections whose children were asked for; empty for the root.</param>
internal sealed record AskedKeys(IReadOnlyList<string> Values, IReadOnlyList<string> Sections)
{
    public static AskedKeys Read(string log)
    {
        string[][] lines = [.. File.ReadLines(log).Select(static line => line.Split('\t', 2)).Where(static parts => parts.Length == 2)];
        string[] Of(string what) => [.. lines.Where(parts => parts[0] == what).Select(static parts => parts[1]).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        return new AskedKeys(Of("value"), Of("children"));
    }
}
