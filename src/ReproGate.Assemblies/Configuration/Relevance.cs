using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Tells what linking can have use of from the calls into .NET's base library that make up most of a method.</summary>
internal sealed class Relevance(CodeMethodReference self)
{
    private const int MaximumDepth = 6;

    /// <summary>Whether an assembly is part of the base library, which reads no configuration for anyone.</summary>
    public static bool IsBaseLibrary(string assembly) =>
        assembly is "System" or "mscorlib" or "netstandard" or "FSharp.Core" or "WindowsBase" or "" || assembly.StartsWith("System.", StringComparison.Ordinal);

    /// <summary>Whether a call must be kept.</summary>
    public bool Matters(CodeSite site)
    {
        if (!IsBaseLibrary(site.Target.Assembly) || site.Target.TypeDefinition is "System.Environment" or "System.Activator")
        {
            return true;
        }

        if (site.Target.Name == "SetResult" && self.Name == "MoveNext")
        {
            return true;
        }

        // Collections of settings that are built up before they are handed over.
        if (site.Target.Name is "Add" or "set_Item" && site.Target.Type.StartsWith("System.Collections.Generic.", StringComparison.Ordinal)
            && (site.Target.Type.Contains("System.String,System.String}", StringComparison.Ordinal) || site.Target.Type.Contains("IConfigurationSource", StringComparison.Ordinal)))
        {
            return true;
        }

        return Array.Exists(site.Arguments, argument => Matters(argument, 0, ofParameters: false));
    }

    /// <summary>Whether a value may hold something of the configuration.</summary>
    public bool Matters(CodeValue value) => Matters(value, 0, ofParameters: true);

    private bool Matters(CodeValue value, int depth, bool ofParameters)
    {
        if (depth > MaximumDepth)
        {
            return false;
        }

        return value switch
        {
            DelegateValue => true,
            CallValue { Site: var site } => !IsBaseLibrary(site.Target.Assembly) || site.Target.TypeDefinition == "System.Environment"
                || Array.Exists(site.Arguments, argument => Matters(argument, depth + 1, ofParameters)),
            ParameterValue parameter => ofParameters && IsText(self.ArgumentType(parameter.Index)),
            FieldValue field => ofParameters && IsText(field.Field.Type),
            ChoiceValue choice => choice.Values.Any(part => Matters(part, depth + 1, ofParameters)),
            ConcatenationValue text => text.Parts.Any(part => Matters(part, depth + 1, ofParameters)),
            ListValue list => list.Elements.Exists(part => Matters(part, depth + 1, ofParameters)),
            ElementValue element => Matters(element.Sequence, depth + 1, ofParameters),
            ComparisonValue comparison => Matters(comparison.Left, depth + 1, ofParameters) || Matters(comparison.Right, depth + 1, ofParameters),
            _ => false,
        };
    }

    private static bool IsText(string type) => type is "System.String" or "System.Boolean" || type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);
}
