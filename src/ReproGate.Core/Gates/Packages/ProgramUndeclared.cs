using System.Collections.Frozen;
using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>
/// RGATE2007: a target runs a program that the machine happens to have. What every machine with the SDK and git has, what a manifest of the
/// repository declares, and what lies in the repository or a package is fine. See docs/decisions/0013.
/// </summary>
public static class ProgramUndeclared
{
    // The shells that MSBuild itself starts, what they and every Unix or Windows bring, and git.
    private static readonly FrozenSet<string> Everywhere = FrozenSet.ToFrozenSet(
        [
            "git", "sh", "bash", "cmd", "powershell", "command", "exec", "eval", "source", ".", ":", "env", "sudo", "nice", "time", "timeout",
            "cd", "pushd", "popd", "echo", "printf", "set", "setlocal", "endlocal", "export", "unset", "if", "for", "while", "case", "do", "done", "then", "else", "fi", "in", "exit", "return", "true", "false", "test", "[", "[[", "!", "{", "}", "(", ")", "trap", "wait", "read", "shift", "umask", "ulimit", "call", "start", "rem", "goto", "title", "ver", "type", "which", "where", "hash", "alias", "pause", "chcp", "dir", "vol", "date", "sleep", "assoc",
            "cp", "mv", "rm", "rmdir", "mkdir", "md", "rd", "del", "erase", "copy", "move", "ren", "rename", "xcopy", "robocopy", "ln", "mklink", "touch", "chmod", "chown", "attrib", "icacls", "install", "cat", "more", "head", "tail", "tee", "sort", "uniq", "wc", "cut", "tr", "sed", "awk", "grep", "egrep", "fgrep", "find", "findstr", "xargs", "basename", "dirname", "readlink", "realpath", "pwd", "ls", "stat", "file", "diff", "cmp", "comm", "od", "uname", "whoami", "hostname", "id", "ps", "kill", "taskkill", "tasklist", "mktemp", "tar", "expr", "seq", "ping",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> DotnetVerbs = FrozenSet.ToFrozenSet(
        [
            "add", "build", "build-server", "clean", "completions", "dev-certs", "dnx", "exec", "format", "fsi", "help", "list", "migrate", "msbuild", "new", "nuget", "pack", "package", "project", "publish", "reference", "remove", "restore", "run", "run-api", "sdk", "sln", "solution", "store", "test", "tool", "user-jwts", "user-secrets", "vstest", "watch", "workload", "run-file",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NodePrograms = FrozenSet.ToFrozenSet(["node", "npm", "npx", "yarn", "pnpm", "corepack"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether every machine with the SDK and git has the program.</summary>
    public static bool IsEverywhere(string name) => Everywhere.Contains(name);

    /// <summary>Judges what the repository's own targets run.</summary>
    public static IEnumerable<Finding> Check(MachineInputs inputs)
    {
        foreach (ProgramRun run in inputs.Programs)
        {
            string name = NameOf(run.Word);
            if (inputs.Allowed.AllowsProgram(name) || inputs.Allowed.AllowsProgram(run.Word))
            {
                continue;
            }

            string allow = $"allow it in {Path.GetFileName(inputs.Allowed.Path)}: {{ \"program\": \"{name}\", \"reason\": \"…\" }}";
            if (run.IsOutside)
            {
                // Absolute, but of the shell's own: /bin/sh, /usr/bin/env.
                if (Everywhere.Contains(name))
                {
                    continue;
                }

                yield return Found(run, name, $"runs {run.Word}, a program at a place outside the repository", $"Take it from a package or a tool manifest, or, where it must be there, {allow}.");
            }
            else if (name.Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            {
                if (LocalTool(run) is { } tool && !run.ManifestCommands.Contains(tool, StringComparer.OrdinalIgnoreCase))
                {
                    yield return Found(run, $"dotnet {tool}", $"runs the .NET tool '{tool}', which no tool manifest of the repository declares", $"Declare it: dotnet tool install {PackageOf(tool)} --create-manifest-if-needed, and commit .config/dotnet-tools.json.");
                }
            }
            else if (IsPath(run.Word) || Everywhere.Contains(name))
            {
                // A script or program of the repository, or one that is everywhere.
            }
            else if (NodePrograms.Contains(name))
            {
                if (run.Node is null)
                {
                    yield return Found(run, name, $"runs {name}, and no package.json of the repository stands above the folder where it runs", $"Declare it in a package.json: {{ \"engines\": {{ \"node\": \"…\" }} }}, or {allow}.");
                }
                else if (!run.Node.NamesVersion)
                {
                    yield return Found(run, name, $"runs {name}, and {Path.GetRelativePath(inputs.RepositoryRoot, run.Node.Path).Replace('\\', '/')} does not say which version", $"Add \"engines\": {{ \"node\": \"…\" }} or \"packageManager\" to it, or {allow}.");
                }
            }
            else if (run.ManifestCommands.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                yield return Found(run, name, $"runs '{name}' as a program of the machine, although the tool manifest declares it", $"Run the declared one: dotnet tool run {name}");
            }
            else
            {
                yield return Found(run, name, $"runs '{name}', a program that no manifest of the repository declares", $"Take it from a package or, where it is a .NET tool, from a tool manifest (dotnet tool install … --create-manifest-if-needed), or {allow}.");
            }
        }
    }

    private static Finding Found(ProgramRun run, string subject, string what, string fix) => new(
        RuleCatalog.ProgramUndeclared,
        run.Location,
        $"The command \"{Short(run.Command)}\" {what}.",
        "On a machine without it the build fails, and with another version of it the build does something else.",
        fix)
    {
        Subject = subject,
    };

    /// <summary>The local tool that a dotnet command starts; null where it starts none.</summary>
    private static string? LocalTool(ProgramRun run)
    {
        string[] words = [.. run.Arguments];
        int at = Array.FindIndex(words, static word => !word.StartsWith('-'));
        if (at < 0 || at > 0 && words[..at].Any(static option => option.StartsWith("--", StringComparison.Ordinal) && !option.Contains('=', StringComparison.Ordinal) && option is not ("--diagnostics" or "--fx-version")))
        {
            return null;
        }

        string verb = words[at];
        if (verb.Equals("tool", StringComparison.OrdinalIgnoreCase))
        {
            string? sub = words.Skip(at + 1).FirstOrDefault(static word => !word.StartsWith('-'));
            string? tool = words.Skip(at + 2).FirstOrDefault(static word => !word.StartsWith('-'));
            return "run".Equals(sub, StringComparison.OrdinalIgnoreCase) && tool is not null && IsPlain(tool) ? tool : null;
        }

        return DotnetVerbs.Contains(verb) || !IsPlain(verb) ? null : verb;
    }

    // A file, or text that only the build itself can resolve.
    private static bool IsPlain(string word) => word.Length > 0 && word.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static string PackageOf(string tool) => tool.Equals("ef", StringComparison.OrdinalIgnoreCase) ? "dotnet-ef" : $"<the package of {tool}>";

    private static bool IsPath(string word) => word.Contains('/') || word.Contains('\\');

    private static string NameOf(string word)
    {
        string name = word[(word.LastIndexOfAny(['/', '\\']) + 1)..];
        foreach (string extension in (ReadOnlySpan<string>)[".exe", ".cmd", ".bat", ".com"])
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return name[..^extension.Length];
            }
        }

        return name;
    }

    private static string Short(string command)
    {
        string line = command.ReplaceLineEndings(" ").Trim();
        return line.Length > 80 ? line[..77] + "…" : line;
    }
}
