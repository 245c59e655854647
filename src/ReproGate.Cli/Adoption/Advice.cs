namespace ReproGate.Cli.Adoption;

/// <summary>Texts that init shows or adds: the step for the continuous integration it finds, and the section for coding agents.</summary>
internal static class Advice
{
    private const string Heading = "## ReproGate";

    /// <summary>The step for each system whose files the repository has.</summary>
    /// <param name="root">The repository's root.</param>
    /// <param name="entry">What is built, as an argument with a space before it; empty where it goes without saying.</param>
    public static IEnumerable<(string System, string File, string Snippet)> ContinuousIntegration(string root, string entry)
    {
        string workflows = Path.Combine(root, ".github", "workflows");
        // The one that builds; another (labels, releases, caches) needs nothing.
        if (Directory.Exists(workflows) && Directory.EnumerateFiles(workflows)
            .Where(static file => file.EndsWith(".yml", StringComparison.Ordinal) || file.EndsWith(".yaml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .MaxBy(Builds) is { } workflow)
        {
            yield return ("GitHub Actions", Path.GetFileName(workflow), $"""
                - uses: actions/setup-dotnet@v5
                  with:
                    global-json-file: global.json
                - run: dotnet build{entry}
                - run: dotnet tool install --global ReproGate.Cli && reprogate check{entry} --format github
                  if: failure()
                """);
        }

        if (File.Exists(Path.Combine(root, "azure-pipelines.yml")))
        {
            yield return ("Azure Pipelines", "azure-pipelines.yml", $"""
                - task: UseDotNet@2
                  inputs:
                    packageType: sdk
                    useGlobalJson: true
                - script: dotnet build{entry}
                """);
        }

        if (File.Exists(Path.Combine(root, ".gitlab-ci.yml")))
        {
            yield return ("GitLab", ".gitlab-ci.yml", $"""
                build:
                  script:
                    - dotnet build{entry}
                """);
        }
    }

    /// <summary>How much a workflow looks like the one that builds.</summary>
    private static int Builds(string workflow)
    {
        try
        {
            string text = File.ReadAllText(workflow);
            // One that is called so may build by a script of its own.
            int named = Path.GetFileNameWithoutExtension(workflow).ToUpperInvariant() is "BUILD" or "CI" ? 3 : 0;
            return Array.FindIndex(["dotnet build", "dotnet test", "dotnet"], part => text.Contains(part, StringComparison.Ordinal)) is var found and >= 0 ? 3 - found + named : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary><c>AGENTS.md</c> with a section on how to treat findings.</summary>
    public static string AgentsSection(string? current)
    {
        if (current?.Contains(Heading, StringComparison.Ordinal) == true)
        {
            return current;
        }

        string start = string.IsNullOrEmpty(current) ? "" : current.TrimEnd('\n') + "\n\n";
        return start + Heading + "\n" + """
            Errors `RGATEnnnn` of `dotnet build` name something that this repository relies on and does not declare. Each says what happened, why it
            breaks elsewhere, and the exact edit or command that mends it: do that. `reprogate fix` applies the edits it can, `reprogate explain RGATE2001` explains
            a rule, `reprogate check --format json` lists every finding. Do not suppress a finding, switch a gate off, delete a lock file or extend
            `reprogate.baseline.json` or `reprogate.allow.json` without being asked to. After changing a package run `reprogate lock` and commit the lock files.

            """.ReplaceLineEndings("\n");
    }
}
