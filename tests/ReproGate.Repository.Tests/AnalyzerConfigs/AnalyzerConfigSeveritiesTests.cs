using ReproGate.Repository.AnalyzerConfigs;

namespace ReproGate.Repository.Tests.AnalyzerConfigs;

public sealed class AnalyzerConfigSeveritiesTests : IDisposable
{
    private readonly string _outer = Directory.CreateTempSubdirectory("reprogate-config-").FullName;
    private readonly string _root;

    public AnalyzerConfigSeveritiesTests()
    {
        _root = Path.Combine(_outer, "répo x");
        Directory.CreateDirectory(Path.Combine(_root, "src", "App"));
    }

    public void Dispose() => Directory.Delete(_outer, recursive: true);

    [Theory]
    [InlineData("error", Severity.Error)]
    [InlineData("warning", Severity.Warning)]
    [InlineData("suggestion", Severity.Info)]
    [InlineData("silent", Severity.None)]
    [InlineData("none", Severity.None)]
    [InlineData("ERROR", Severity.Error)]
    [InlineData("default", null)]
    [InlineData("loud", null)]
    [InlineData("", null)]
    public void Every_severity_word_is_Roslyns(string word, Severity? expected)
    {
        Write(".editorconfig", $"[*.cs]\ndotnet_diagnostic.RGATE1001.severity = {word}\n");

        Assert.Equal(expected, Find("RGATE1001"));
    }

    [Theory]
    [InlineData("[*]")]
    [InlineData("[*.cs]")]
    [InlineData("[*.{cs,vb}]")]
    [InlineData("[*.csproj]")]
    [InlineData("[src/App/*.csproj]")]
    [InlineData("[App.csproj]")]
    public void A_section_of_the_file_or_of_the_projects_sources_applies(string section)
    {
        Write(".editorconfig", $"{section}\ndotnet_diagnostic.rgate1001.severity = none\n");

        Assert.Equal(Severity.None, Find("RGATE1001"));
        Assert.Null(Find("RGATE1002"));
    }

    [Theory]
    [InlineData("[*.vb]")]
    [InlineData("[*.md]")]
    [InlineData("[tests/**]")]
    [InlineData("[*.cs")]
    public void Another_section_does_not(string section)
    {
        Write(".editorconfig", $"{section}\ndotnet_diagnostic.RGATE1001.severity = none\n");

        Assert.Null(Find("RGATE1001"));
    }

    [Fact]
    public void The_findings_own_file_comes_before_the_sources_and_both_before_the_global_file()
    {
        Write(".globalconfig", "is_global = true\ndotnet_diagnostic.RGATE1001.severity = suggestion\ndotnet_diagnostic.RGATE1002.severity = suggestion\ndotnet_diagnostic.RGATE1003.severity = suggestion\n");
        Write(".editorconfig", "[*.cs]\ndotnet_diagnostic.RGATE1001.severity = warning\ndotnet_diagnostic.RGATE1002.severity = warning\n[*.csproj]\ndotnet_diagnostic.RGATE1001.severity = none\n");

        Assert.Equal(Severity.None, Find("RGATE1001"));
        Assert.Equal(Severity.Warning, Find("RGATE1002"));
        Assert.Equal(Severity.Info, Find("RGATE1003"));
    }

    [Fact]
    public void The_nearest_file_wins_and_root_ends_the_search()
    {
        Write(".editorconfig", "[*]\ndotnet_diagnostic.RGATE1001.severity = none\ndotnet_diagnostic.RGATE1002.severity = none\n");
        Write("src/App/.editorconfig", "[*]\ndotnet_diagnostic.RGATE1001.severity = warning\n");
        Assert.Equal(Severity.Warning, Find("RGATE1001"));
        Assert.Equal(Severity.None, Find("RGATE1002"));

        Write("src/.editorconfig", "root = true\n");
        Assert.Null(Find("RGATE1002"));
    }

    [Fact]
    public void A_file_beyond_the_repository_silences_nothing_even_when_the_build_names_it()
    {
        File.WriteAllText(Path.Combine(_outer, ".editorconfig"), "[*]\ndotnet_diagnostic.RGATE1001.severity = none\n");
        File.WriteAllText(Path.Combine(_outer, ".globalconfig"), "dotnet_diagnostic.RGATE1001.severity = none\n");

        Assert.Null(Find("RGATE1001", named: [Path.Combine(_outer, ".editorconfig"), Path.Combine(_outer, ".globalconfig")]));
    }

    [Fact]
    public void A_named_configuration_of_a_package_counts()
    {
        string named = Path.Combine(_outer, "company.globalconfig");
        File.WriteAllText(named, "is_global = true\ndotnet_diagnostic.RGATE1001.severity = none\n");

        Assert.Equal(Severity.None, Find("RGATE1001", named: [named, named, Path.Combine(_outer, "missing.globalconfig")]));
    }

    [Fact]
    public void Severities_of_all_analyzers_do_not_touch_a_gate()
    {
        Write(".editorconfig", "[*]\ndotnet_analyzer_diagnostic.severity = none\ndotnet_analyzer_diagnostic.category-Build.severity = none\n");

        Assert.Null(Find("RGATE1001"));
    }

    [Fact]
    public void A_file_in_another_folder_of_the_repository_is_judged_by_that_folders_configuration()
    {
        Write("eng/.editorconfig", "[*.props]\ndotnet_diagnostic.RGATE1007.severity = suggestion\n");
        string props = Path.Combine(_root, "eng", "Versions.props");

        Assert.Equal(Severity.Info, AnalyzerConfigSeverities.Load(Project, _root, [props], []).Find("RGATE1007", props));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("[[[[")]
    [InlineData("[*\n=\n= x\nkey\n[]\n[{{{{{{{{]")]
    [InlineData("[*.cs]\ndotnet_diagnostic.RGATE1001.severity")]
    public void A_malformed_file_is_passed_over_line_by_line(string content)
    {
        Write(".editorconfig", content + "\n[*.cs]\ndotnet_diagnostic.RGATE1002.severity = none\n");

        Assert.Null(Find("RGATE1001"));
        Assert.Equal(Severity.None, Find("RGATE1002"));
    }

    private string Project => Path.Combine(_root, "src", "App", "App.csproj");

    private Severity? Find(string id, IReadOnlyList<string>? named = null) =>
        AnalyzerConfigSeverities.Load(Project, _root + Path.DirectorySeparatorChar, [Project], named ?? []).Find(id, Project);

    private void Write(string relative, string content)
    {
        string path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
