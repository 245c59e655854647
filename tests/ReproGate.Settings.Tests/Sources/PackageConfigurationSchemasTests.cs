using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Sources;

namespace ReproGate.Settings.Tests.Sources;

/// <summary>What packages say of the configuration that they read.</summary>
public sealed class PackageConfigurationSchemasTests
{
    [Theory]
    [InlineData("""{ "definitions": { "logLevel": { "properties": { "Aspire": { "$ref": "#/x" } } } }, "type": "object", "properties": { "Aspire": { "type": "object", "properties": { "StackExchange": { "type": "object", "properties": { "Redis": { "type": "object", "properties": { "ConnectionString": { "type": "string" }, "ConfigurationOptions": { "type": "object", "properties": { "Ssl": { "type": "boolean" } } } } } } } } } } }""", "Aspire:StackExchange:Redis")]
    [InlineData("""{ "properties": { "Acme": { "properties": { "A": { "properties": { "X": {} } }, "B": { "properties": { "Y": true } } } } } }""", "Acme:A Acme:B")]
    [InlineData("""{ "properties": { "Acme": { "type": "object" } } }""", "")]
    [InlineData("""{ "type": "object" }""", "")]
    [InlineData("[1, 2]", "")]
    [InlineData("""{ "properties": 3 }""", "")]
    public void The_section_is_where_the_first_value_stands(string schema, string sections)
    {
        using var folder = new TempFolder();
        folder.Write("ConfigurationSchema.json", schema);
        var unread = new List<string>();

        ImmutableArray<ConfigurationRead> reads = PackageConfigurationSchemas.Read([("Acme.Client", folder.Root), ("Acme.Client", folder.Root), ("Acme.Other", folder.PathOf("none"))], unread);

        Assert.Equal(sections, string.Join(' ', reads.Select(static read => read.Key)));
        Assert.All(reads, static read => Assert.Equal((ReadKind.Section, true, Requirement.Optional, "library:Acme.Client"), (read.Kind, read.WholeSection, read.Requirement, read.Origin)));
        Assert.Empty(unread);
    }

    [Theory]
    [InlineData("{ \"properties\": ")]
    [InlineData("deep")]
    [InlineData("large")]
    public void One_that_cannot_be_read_is_said(string kind)
    {
        using var folder = new TempFolder();
        folder.Write("ConfigurationSchema.json", kind switch { "deep" => new string('[', 100_000), "large" => new string(' ', 5 * 1024 * 1024), _ => kind });
        var unread = new List<string>();

        Assert.Empty(PackageConfigurationSchemas.Read([("Acme.Client", folder.Root)], unread));

        Assert.Contains("ConfigurationSchema.json of the package Acme.Client", Assert.Single(unread), StringComparison.Ordinal);
    }
}
