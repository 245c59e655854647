using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Tells what linking can have use of from the calls into .NET's base library that make up most of a method.</summary>
internal sealed class Relevance
{
    private const int MaximumDepth = 6;

    // At the first two steps, nothing is noted of a value that has no more parts than these: looking at it again is cheaper, and four times the work at most.
    private const int FewParts = 2;
    private const int FewSteps = 1;

    // What a chain of calls was found to be, up to or from which depth: without it each link would be gone through for each one behind it.
    private Dictionary<(CodeValue Value, bool OfParameters), (int TrueUpTo, int FalseFrom)> _known = new(SameValues.Instance);

    private CodeMethodReference _self = null!;

    /// <summary>Goes to another method.</summary>
    public void Begin(CodeMethodReference self)
    {
        _self = self;
        if (_known.Count > 200)
        {
            // Clearing costs what it ever held, so that one huge method would make all others slow.
            _known = new(SameValues.Instance);
        }
        else
        {
            _known.Clear();
        }
    }

    /// <summary>Whether an assembly is part of the base library, which reads no configuration for anyone.</summary>
    public static bool IsBaseLibrary(string assembly) =>
        assembly is "System" or "mscorlib" or "netstandard" or "FSharp.Core" or "WindowsBase" or "" || assembly.StartsWith("System.", StringComparison.Ordinal);

    /// <summary>What can be said of the calls of a method without looking at them.</summary>
    public static CalleeRelevance Of(CodeMethodReference method)
    {
        if (!IsBaseLibrary(method.Assembly) || method.TypeDefinition is "System.Environment" or "System.Activator")
        {
            return CalleeRelevance.Always;
        }

        // Collections of settings that are built up before they are handed over.
        if (method.Name is "Add" or "set_Item" && method.Type.StartsWith("System.Collections.Generic.", StringComparison.Ordinal)
            && (method.Type.Contains("System.String,System.String}", StringComparison.Ordinal) || method.Type.Contains("IConfigurationSource", StringComparison.Ordinal)))
        {
            return CalleeRelevance.Always;
        }

        return method.Name == "SetResult" ? CalleeRelevance.InStateMachine : CalleeRelevance.ByArguments;
    }

    /// <summary>Whether a call must be kept.</summary>
    /// <param name="site">The call.</param>
    /// <param name="ofCallee">What its target alone says.</param>
    public bool Matters(CodeSite site, CalleeRelevance ofCallee) =>
        ofCallee == CalleeRelevance.Always
        || (ofCallee == CalleeRelevance.InStateMachine && _self.Name == "MoveNext")
        || AnyMatters(site.Arguments, 0, ofParameters: false);

    /// <summary>Whether a value may hold something of the configuration.</summary>
    public bool Matters(CodeValue value) => Matters(value, 0, ofParameters: true);

    private bool Matters(CodeValue value, int depth, bool ofParameters)
    {
        if (depth > MaximumDepth)
        {
            return false;
        }

        int parts = value switch { CallValue call => call.Site.Arguments.Length, ChoiceValue choice => choice.Values.Length, ConcatenationValue text => text.Parts.Length, _ => 0 };
        if (parts == 0 || (parts <= FewParts && depth <= FewSteps))
        {
            return Look(value, depth, ofParameters);
        }

        // Where it matters with few steps left, it does with more, and the other way round.
        if (!_known.TryGetValue((value, ofParameters), out (int TrueUpTo, int FalseFrom) known))
        {
            known = (-1, MaximumDepth + 1);
        }

        if (depth <= known.TrueUpTo || depth >= known.FalseFrom)
        {
            return depth <= known.TrueUpTo;
        }

        bool matters = Look(value, depth, ofParameters);
        _known[(value, ofParameters)] = matters ? (depth, known.FalseFrom) : (known.TrueUpTo, depth);
        return matters;
    }

    private bool Look(CodeValue value, int depth, bool ofParameters)
    {
        return value switch
        {
            DelegateValue => true,
            CallValue { Site: var site } => !IsBaseLibrary(site.Target.Assembly) || site.Target.TypeDefinition == "System.Environment"
                || AnyMatters(site.Arguments, depth + 1, ofParameters),
            ParameterValue parameter => ofParameters && IsText(_self.ArgumentType(parameter.Index)),
            FieldValue field => ofParameters && IsText(field.Field.Type),
            ChoiceValue choice => AnyMatters(choice.Values, depth + 1, ofParameters),
            ConcatenationValue text => AnyMatters(text.Parts, depth + 1, ofParameters),
            ListValue list => AnyMatters(list.Elements, depth + 1, ofParameters),
            ElementValue element => Matters(element.Sequence, depth + 1, ofParameters),
            ComparisonValue comparison => Matters(comparison.Left, depth + 1, ofParameters) || Matters(comparison.Right, depth + 1, ofParameters),
            _ => false,
        };
    }

    private bool AnyMatters(ReadOnlySpan<CodeValue> values, int depth, bool ofParameters)
    {
        foreach (CodeValue value in values)
        {
            if (Matters(value, depth, ofParameters))
            {
                return true;
            }
        }

        return false;
    }

    private bool AnyMatters(IReadOnlyList<CodeValue> values, int depth, bool ofParameters)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (Matters(values[i], depth, ofParameters))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsText(string type) => type is "System.String" or "System.Boolean" || type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);

    /// <summary>Values are told apart by object.</summary>
    private sealed class SameValues : IEqualityComparer<(CodeValue Value, bool OfParameters)>
    {
        public static readonly SameValues Instance = new();

        public bool Equals((CodeValue Value, bool OfParameters) x, (CodeValue Value, bool OfParameters) y) => ReferenceEquals(x.Value, y.Value) && x.OfParameters == y.OfParameters;

        public int GetHashCode((CodeValue Value, bool OfParameters) obj) => obj.Value.GetHashCode() + (obj.OfParameters ? 1 : 0);
    }
}
