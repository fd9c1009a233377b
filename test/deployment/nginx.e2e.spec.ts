import { describeRecipe } from './recipe.suite.js';

describeRecipe('nginx');
