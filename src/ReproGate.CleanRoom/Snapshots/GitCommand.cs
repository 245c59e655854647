using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace ReproGate.CleanRoom.Snapshots;

/// <summary>Runs git without questions, without the variables of an outer git, and on request without the user's configuration.</summary>
internal sealed class GitCommand(string isolatedConfig, CancellationToken cancellation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs git and returns its standard output.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Further variables.</param>
    /// <param name="ofUser">Whether the user's own configuration counts: only where his work tree is read, which it was written by.</param>
    /// <exception cref="SnapshotException">git cannot be run or fails.</exception>
    public async Task<string> RunAsync(string directory, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, bool ofUser = false)
    {
        (int exitCode, string output, string error) = await TryAsync(directory, arguments, environment, ofUser).ConfigureAwait(false);
        return exitCode == 0 ? output : throw new SnapshotException(string.Create(CultureInfo.InvariantCulture, $"git {arguments[0]} ended with exit code {exitCode}: {error.Trim().Split('\n')[0].Trim()}"));
    }

    /// <summary>Runs git and returns how it ended.</summary>
    /// <exception cref="SnapshotException">git cannot be run, or gave no answer in time.</exception>
    public async Task<(int ExitCode, string Output, string Error)> TryAsync(string directory, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, bool ofUser = false)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            BufferedCommandResult result = await Cli.Wrap("git")
                .WithWorkingDirectory(directory)
                .WithArguments(arguments)
                .WithValidation(CommandResultValidation.None)
                .WithEnvironmentVariables(variables =>
                {
                    variables.Set("GIT_OPTIONAL_LOCKS", "0").Set("GIT_TERMINAL_PROMPT", "0").Set("LC_ALL", "C").Set("GIT_LFS_SKIP_SMUDGE", "1");
                    // A git hook that starts the build exports these; they would answer for another work tree.
                    foreach (string name in (ReadOnlySpan<string>)["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"])
                    {
                        variables.Set(name, null);
                    }

                    if (!ofUser)
                    {
                        variables.Set("GIT_CONFIG_GLOBAL", isolatedConfig).Set("GIT_CONFIG_NOSYSTEM", "1");
                    }

                    foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
                    {
                        variables.Set(name, value);
                    }
                })
                .ExecuteBufferedAsync(Encoding.UTF8, limit.Token).ConfigureAwait(false);
            return (result.ExitCode, result.StandardOutput, result.StandardError);
        }
        catch (Win32Exception)
        {
            throw new SnapshotException("no git program was found on the PATH");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SnapshotException(string.Create(CultureInfo.InvariantCulture, $"git {arguments[0]} gave no answer within {Limit.TotalMinutes:0} minutes"));
        }
    }
}

/// <summary>The snapshot cannot be made; the message is one clause.</summary>
public sealed class SnapshotException(string message) : Exception(message);
