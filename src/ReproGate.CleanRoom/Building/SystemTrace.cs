using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReproGate.CleanRoom.Building;

/// <summary>What the processes of a build asked the system for, as strace wrote it down; each thing once.</summary>
/// <param name="Programs">Absolute paths of programs that were started.</param>
/// <param name="Files">Absolute paths of files that were opened or asked for, and whether they were there.</param>
/// <param name="Addresses">Hosts beyond this one that a connection was tried to, each <c>address:port</c>.</param>
internal sealed partial record SystemTrace(IReadOnlySet<string> Programs, IReadOnlyDictionary<string, bool> Files, IReadOnlySet<string> Addresses)
{
    private const int Most = 200_000;
    private const long MostBytes = 1L << 30;
    private const int MostInLine = 16 << 10;

    /// <summary>Reads a trace written with <c>-f -o</c>; lines that are cut off, or of another form, are passed over.</summary>
    /// <param name="path">The file; one that does not exist is an empty trace.</param>
    /// <param name="isOfInterest">Which paths of files are kept.</param>
    public static SystemTrace Read(string path, Func<string, bool> isOfInterest)
    {
        if (!File.Exists(path))
        {
            return Parse([], isOfInterest);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(Lines(), isOfInterest);

        IEnumerable<string> Lines()
        {
            while (stream.Position <= MostBytes && reader.ReadLine() is { } line)
            {
                yield return line;
            }
        }
    }

    /// <summary>The same from lines.</summary>
    public static SystemTrace Parse(IEnumerable<string> lines, Func<string, bool> isOfInterest)
    {
        var programs = new HashSet<string>(StringComparer.Ordinal);
        var files = new Dictionary<string, bool>(StringComparer.Ordinal);
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        // A call that another process's line interrupted is finished on a line of its own.
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string written in lines)
        {
            if (written.Length > MostInLine)
            {
                continue;
            }

            string line = written;
            string process = line.Split(' ', 2)[0];
            if (line.EndsWith(Interrupted, StringComparison.Ordinal))
            {
                if (unfinished.Count < Most)
                {
                    unfinished[process] = line[..^Interrupted.Length].TrimEnd();
                }

                continue;
            }

            if (Resumed().Match(line) is { Success: true } rest)
            {
                if (!unfinished.Remove(process, out string? begun))
                {
                    continue;
                }

                line = begun + rest.Groups["rest"].Value;
            }

            if (Call().Match(line) is not { Success: true } call)
            {
                continue;
            }

            string arguments = call.Groups["arguments"].Value;
            bool succeeded = !call.Groups["result"].Value.StartsWith('-');
            switch (call.Groups["name"].Value)
            {
                case "execve" when succeeded && FirstText(arguments) is { } program && programs.Count < Most:
                    programs.Add(program);
                    break;
                case "openat" or "open" when !arguments.Contains("O_DIRECTORY", StringComparison.Ordinal) && FirstText(arguments) is ['/', ..] file && files.Count < Most && isOfInterest(file):
                    files[file] = succeeded || files.GetValueOrDefault(file);
                    break;
                case "connect" when Address(arguments) is { } address && addresses.Count < Most:
                    addresses.Add(address);
                    break;
            }
        }

        return new SystemTrace(programs, files, addresses);
    }

    private const string Interrupted = "<unfinished ...>";

    private static string? Address(string arguments)
    {
        Match match = Host().Match(arguments);
        if (!match.Success)
        {
            return null;
        }

        string host = match.Groups["host"].Value;
        return host.StartsWith("127.", StringComparison.Ordinal) || host is "::1" or "0.0.0.0" or "::" || host.StartsWith("::ffff:127.", StringComparison.Ordinal)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{match.Groups["port"].Value}");
    }

    /// <summary>The first quoted text of a call's arguments, its escapes (C's, bytes in octal) read; null where there is none.</summary>
    private static string? FirstText(string arguments)
    {
        int at = arguments.IndexOf('"', StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var bytes = new List<byte>();
        for (int i = at + 1; i < arguments.Length; i++)
        {
            char letter = arguments[i];
            if (letter == '"')
            {
                // Three dots say that it was cut off.
                return arguments.AsSpan(i + 1).StartsWith("...") ? null : Encoding.UTF8.GetString([.. bytes]);
            }

            if (letter != '\\' || i + 1 >= arguments.Length)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes([letter]));
                continue;
            }

            letter = arguments[++i];
            if (letter is >= '0' and <= '7')
            {
                int value = 0, digits = 0;
                for (; digits < 3 && i < arguments.Length && arguments[i] is >= '0' and <= '7'; digits++, i++)
                {
                    value = (value * 8) + (arguments[i] - '0');
                }

                i--;
                bytes.Add((byte)value);
                continue;
            }

            bytes.Add((byte)(letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'v' => '\v', 'f' => '\f', _ => letter }));
        }

        return null;
    }

    [GeneratedRegex(@"^\d+\s+(?<name>execve|openat|open|connect)\((?<arguments>.*)\)\s+= (?<result>-?\d+|\?)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\d+\s+<\.\.\. \w+ resumed>(?<rest>.*)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"sin6?_port=htons\((?<port>\d+)\).*?(?:inet_addr\(""(?<host>[^""]+)""\)|inet_pton\(AF_INET6, ""(?<host>[^""]+)"")", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Host();
}
